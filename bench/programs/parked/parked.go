package main

import (
	"fmt"
	"os"
	"strconv"
)

//go:noinline
func inner(gate <-chan int, report chan<- int) int {
	report <- 0
	return <-gate
}

//go:noinline
func outer(gate <-chan int, report chan<- int) int {
	return inner(gate, report) + 1
}

func parked(gate <-chan int, report chan<- int) {
	report <- outer(gate, report)
}

func main() {
	number := 1000000
	if len(os.Args) > 1 {
		number, _ = strconv.Atoi(os.Args[1])
	}
	gate, report := make(chan int), make(chan int)
	sum := 0
	for i := 1; i <= number; i++ {
		go parked(gate, report)
	}
	for i := 1; i <= number; i++ {
		sum += <-report
	}
	for i := 1; i <= number; i++ {
		gate <- i
		sum += <-report
	}
	fmt.Println(sum)
}
