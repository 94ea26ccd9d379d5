package main

import "fmt"

func compute(v int) int {
	for k := 1; k <= 10; k++ {
		v = (v*31 + k) % 1000003
	}
	return v
}

func answer(in <-chan int, out chan<- int) {
	for v := range in {
		out <- compute(v)
	}
}

func ask(times int, done chan<- int) {
	there := make(chan int)
	back := make(chan int)
	go answer(there, back)
	v := 1
	for i := 0; i < times; i++ {
		there <- v
		v = compute(<-back)
	}
	close(there)
	done <- v
}

func main() {
	done := make(chan int)
	for i := 0; i < 8; i++ {
		go ask(200000, done)
	}
	sum := 0
	for i := 0; i < 8; i++ {
		sum += <-done
	}
	fmt.Println(sum)
}
