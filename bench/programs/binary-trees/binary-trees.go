package main

import "fmt"

type node struct {
	left, right *node
}

func bottomUp(depth int) *node {
	if depth == 0 {
		return &node{}
	}
	return &node{bottomUp(depth - 1), bottomUp(depth - 1)}
}

func (n *node) count() int {
	if n.left != nil {
		return 1 + n.left.count() + n.right.count()
	}
	return 1
}

func main() {
	const deepest = 15
	fmt.Println(bottomUp(deepest + 1).count())
	longLived := bottomUp(deepest)
	trees := 32768
	for depth := 4; depth <= deepest; depth += 2 {
		total := 0
		for i := 1; i <= trees; i++ {
			total += bottomUp(depth).count()
		}
		fmt.Println(trees, depth, total)
		trees /= 4
	}
	fmt.Println(longLived.count())
}
