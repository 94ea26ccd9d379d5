package main

import (
	"fmt"
	"strconv"
	"strings"
)

func main() {
	list := []string{}
	x := 42
	for i := 1; i <= 100000; i++ {
		x = x * 16807 % 2147483647
		list = append(list, strconv.Itoa(x))
	}
	line := strings.Join(list, ",")
	total := 0
	for round := 1; round <= 60; round++ {
		parts := strings.Split(line, ",")
		joined := strings.Join(parts, ";")
		total += len(parts) + len(joined) + len(parts[round])
	}
	fmt.Println(total)
}
