package main

import (
	"fmt"
	"strconv"
)

// Plain concatenation, as in the other languages: the lines are short.
func makeLine(n int) string {
	line := ""
	for k := 1; k <= 10; k++ {
		line += strconv.Itoa(n*k) + ","
	}
	return line
}

func main() {
	length := 0
	greatest := ""
	for n := 1; n <= 300000; n++ {
		line := makeLine(n)
		length += len(line)
		if line > greatest {
			greatest = line
		}
	}
	fmt.Println(length)
	fmt.Println(greatest)
}
