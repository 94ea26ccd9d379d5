package main

import (
	"fmt"
	"strconv"
)

func next(x int) int { return x * 16807 % 2147483647 }

func main() {
	counts := map[string]int{}
	x := 42
	for i := 1; i <= 1000000; i++ {
		x = next(x)
		counts["word-"+strconv.Itoa(x%100000)]++
	}
	keys := make([]string, 0, len(counts))
	for key := range counts {
		keys = append(keys, key)
	}
	sum := 0
	for round := 1; round <= 20; round++ {
		for _, key := range keys {
			sum += counts[key]
		}
	}
	fmt.Println(len(counts), sum)
}
