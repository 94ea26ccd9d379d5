package main

import "fmt"

func produce(out chan<- int, count int) {
	for i := 1; i <= count; i++ {
		out <- i
	}
}

func main() {
	a, b, c, d := make(chan int), make(chan int), make(chan int), make(chan int)
	const each = 200000
	go produce(a, each)
	go produce(b, each)
	go produce(c, each)
	go produce(d, each)
	sum := 0
	for i := 1; i <= each*4; i++ {
		select {
		case v := <-a:
			sum += v
		case v := <-b:
			sum += v
		case v := <-c:
			sum += v
		case v := <-d:
			sum += v
		}
	}
	fmt.Println(sum)
}
