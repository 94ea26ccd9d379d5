package main

import (
	"fmt"
	"runtime"
	"sync"
)

func add(lock *sync.Mutex, counter *int, times int) {
	for i := 1; i <= times; i++ {
		lock.Lock()
		value := *counter
		runtime.Gosched()
		*counter = value + 1
		lock.Unlock()
	}
}

func main() {
	var lock sync.Mutex
	var done sync.WaitGroup
	counter := 0
	for i := 1; i <= 10; i++ {
		done.Add(1)
		go func() {
			add(&lock, &counter, 150000)
			done.Done()
		}()
	}
	done.Wait()
	fmt.Println(counter)
}
