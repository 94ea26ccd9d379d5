package main

import (
	"fmt"
	"sort"
	"strconv"
)

func main() {
	x, text := 42, ""
	for round := 1; round <= 4; round++ {
		list := []string{}
		for i := 1; i <= 100000; i++ {
			x = x * 16807 % 2147483647
			list = append(list, "item-"+strconv.Itoa(x%1000)+"-"+strconv.Itoa(x))
		}
		sort.Strings(list)
		text += list[0] + " " + list[50000] + " " + list[99999] + ";"
	}
	fmt.Println(text)
}
