package main

import (
	"fmt"
	"math"
)

func element(i, j int) float64 {
	d := i + j
	return 1.0 / float64(d*(d+1)/2+i+1)
}

func times(v, out []float64) {
	for i := range out {
		var sum float64
		for j, x := range v {
			sum += float64(element(i, j) * x)
		}
		out[i] = sum
	}
}

func timesTransposed(v, out []float64) {
	for i := range out {
		var sum float64
		for j, x := range v {
			sum += float64(element(j, i) * x)
		}
		out[i] = sum
	}
}

func main() {
	const n = 640
	u, v, tmp := make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range u {
		u[i] = 1.0
	}
	for round := 1; round <= 10; round++ {
		times(u, tmp)
		timesTransposed(tmp, v)
		times(v, tmp)
		timesTransposed(tmp, u)
	}
	var uv, vv float64
	for i := range u {
		uv += float64(u[i] * v[i])
		vv += float64(v[i] * v[i])
	}
	fmt.Printf("%.9f\n", math.Sqrt(uv/vv))
}
