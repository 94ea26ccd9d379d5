package main

import "fmt"

func branch(in <-chan int, out chan<- int, number int) {
	for v := range in {
		out <- v * number % 1000
	}
}

func main() {
	const width = 100
	meet := make(chan int, 16)
	ways := make([]chan int, 0, width)
	for i := 1; i <= width; i++ {
		way := make(chan int, 1)
		ways = append(ways, way)
		go branch(way, meet, i)
	}
	sum := 0
	for round := 1; round <= 10000; round++ {
		for _, way := range ways {
			way <- round
		}
		for i := 1; i <= width; i++ {
			sum += <-meet
		}
	}
	for _, way := range ways {
		close(way)
	}
	fmt.Println(sum)
}
