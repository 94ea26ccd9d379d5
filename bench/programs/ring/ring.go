package main

import "fmt"

func station(in <-chan int, out chan<- int) {
	for v := range in {
		out <- v + 1
	}
	close(out)
}

func main() {
	first := make(chan int)
	last := first
	for i := 1; i <= 1000; i++ {
		next := make(chan int)
		go station(last, next)
		last = next
	}
	number := 0
	for round := 1; round <= 1500; round++ {
		first <- number
		number = <-last
	}
	close(first)
	fmt.Println(number)
}
