package main

import (
	"fmt"
	"sort"
)

func main() {
	x, sum := 42, 0
	for round := 1; round <= 5; round++ {
		list := []int{}
		for i := 1; i <= 300000; i++ {
			x = x * 16807 % 2147483647
			list = append(list, x)
		}
		sort.Ints(list)
		sum += list[0] + list[150000]*2 + list[299999]*3
	}
	fmt.Println(sum)
}
