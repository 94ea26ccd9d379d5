package main

import (
	"fmt"
	"sort"
)

type person struct{ age, number int }

func main() {
	x, sum := 42, 0
	for round := 1; round <= 4; round++ {
		list := []*person{}
		for i := 1; i <= 50000; i++ {
			x = x * 16807 % 2147483647
			list = append(list, &person{x % 100, x})
		}
		sort.SliceStable(list, func(i, j int) bool {
			a, b := list[i], list[j]
			if a.age != b.age {
				return a.age < b.age
			}
			return a.number < b.number
		})
		sum += list[0].number + list[25000].number*2 + list[49999].number*3
	}
	fmt.Println(sum)
}
