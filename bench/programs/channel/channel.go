package main

import "fmt"

func echo(there <-chan int, back chan<- int, times int) {
	for i := 1; i <= times; i++ {
		v := <-there
		back <- v + 1
	}
}

func main() {
	there, back := make(chan int), make(chan int)
	const times = 1000000
	sum := 0
	go echo(there, back, times)
	for i := 1; i <= times; i++ {
		there <- i
		sum += <-back
	}
	fmt.Println(sum)
}
