package main

import "fmt"

func main() {
	fmt.Println("你好，气")
}
