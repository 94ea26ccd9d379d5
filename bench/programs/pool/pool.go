package main

import "fmt"

func worker(jobs <-chan int, results chan<- int) {
	for job := range jobs {
		results <- job * job % 1000
	}
}

func dispatch(jobs chan<- int, count int) {
	for i := 1; i <= count; i++ {
		jobs <- i
	}
	close(jobs)
}

func main() {
	const count = 2000000
	jobs, results := make(chan int, 64), make(chan int, 64)
	for i := 1; i <= 8; i++ {
		go worker(jobs, results)
	}
	go dispatch(jobs, count)
	sum := 0
	for i := 1; i <= count; i++ {
		sum += <-results
	}
	fmt.Println(sum)
}
