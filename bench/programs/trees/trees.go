package main

import "fmt"

type node struct{ left, right *node }

func build(depth int) *node {
	if depth == 0 {
		return &node{}
	}
	return &node{build(depth - 1), build(depth - 1)}
}

func count(tree *node) int {
	if tree.left == nil {
		return 1
	}
	return 1 + count(tree.left) + count(tree.right)
}

func work(times, depth int, done chan<- int) {
	sum := 0
	for i := 0; i < times; i++ {
		sum += count(build(depth))
	}
	done <- sum
}

func main() {
	old := build(16)
	done := make(chan int)
	go work(500, 12, done)
	go work(500, 12, done)
	fmt.Println(<-done + <-done + count(old))
}
