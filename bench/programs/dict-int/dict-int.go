package main

import "fmt"

func next(x int) int { return x * 16807 % 2147483647 }

func main() {
	counts := map[int]int{}
	x := 42
	for i := 1; i <= 2000000; i++ {
		x = next(x)
		counts[x%200000*10007]++
	}
	sum := 0
	for i := 1; i <= 4000000; i++ {
		x = next(x)
		sum += counts[x%400000*10007]
	}
	fmt.Println(len(counts), sum)
}
