package main

import (
	"fmt"
	"os"
	"strconv"
)

func skynet(parent chan<- int, number, size int) {
	if size == 1 {
		parent <- number
		return
	}
	children := make(chan int)
	share := size / 10
	for i := 0; i < 10; i++ {
		go skynet(children, number+i*share, share)
	}
	sum := 0
	for i := 0; i < 10; i++ {
		sum += <-children
	}
	parent <- sum
}

func main() {
	leaves, err := strconv.Atoi(os.Args[1])
	if err != nil {
		panic(err)
	}
	total := 0
	for round := 1; round <= 2; round++ {
		root := make(chan int)
		go skynet(root, 0, leaves)
		total += <-root
	}
	fmt.Println(total)
}
