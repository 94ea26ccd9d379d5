package main

import (
	"fmt"
	"math"
)

const (
	solarMass = 39.47841760435743
	year      = 365.24
)

type body struct {
	x, y, z, vx, vy, vz, mass float64
}

// Variables, not constants, take part in the products: Go computes constant
// expressions exactly, which would round differently from the other languages.
func solarSystem() []body {
	m, y := float64(solarMass), float64(year)
	return []body{
		{mass: m},
		{4.841431442464721, -1.1603200440274284, -0.10362204447112311,
			0.001660076642744037 * y, 0.007699011184197404 * y, -0.0000690460016972063 * y,
			0.0009547919384243266 * m},
		{8.34336671824458, 4.124798564124305, -0.4035234171143214,
			-0.002767425107268624 * y, 0.004998528012349172 * y, 0.00002304172975737639 * y,
			0.0002858859806661308 * m},
		{12.894369562139131, -15.111151401698631, -0.22330757889265573,
			0.002964601375647616 * y, 0.0023784717395948095 * y, -0.000029658956854023756 * y,
			0.00004366244043351563 * m},
		{15.379697114850917, -25.919314609987964, 0.17925877295037118,
			0.0026806777249038932 * y, 0.001628241700382423 * y, -0.00009515922545197159 * y,
			0.00005151389020466115 * m},
	}
}

func offsetMomentum(group []body) {
	var px, py, pz float64
	for i := range group {
		a := &group[i]
		px += float64(a.vx * a.mass)
		py += float64(a.vy * a.mass)
		pz += float64(a.vz * a.mass)
	}
	sun := &group[0]
	sun.vx = -px / sun.mass
	sun.vy = -py / sun.mass
	sun.vz = -pz / sun.mass
}

// dot returns dx*dx + dy*dy + dz*dz with every product rounded (no fusing).
func dot(dx, dy, dz float64) float64 {
	return float64(dx*dx) + float64(dy*dy) + float64(dz*dz)
}

func energy(group []body) float64 {
	var e float64
	for i := range group {
		a := &group[i]
		e += float64(0.5 * a.mass * dot(a.vx, a.vy, a.vz))
		for j := i + 1; j < len(group); j++ {
			b := &group[j]
			e -= a.mass * b.mass / math.Sqrt(dot(a.x-b.x, a.y-b.y, a.z-b.z))
		}
	}
	return e
}

func advance(group []body, dt float64) {
	for i := range group {
		a := &group[i]
		for j := i + 1; j < len(group); j++ {
			b := &group[j]
			dx, dy, dz := a.x-b.x, a.y-b.y, a.z-b.z
			dd := dot(dx, dy, dz)
			mag := dt / (dd * math.Sqrt(dd))
			mb, ma := b.mass*mag, a.mass*mag
			a.vx -= float64(dx * mb)
			a.vy -= float64(dy * mb)
			a.vz -= float64(dz * mb)
			b.vx += float64(dx * ma)
			b.vy += float64(dy * ma)
			b.vz += float64(dz * ma)
		}
	}
	for i := range group {
		a := &group[i]
		a.x += float64(dt * a.vx)
		a.y += float64(dt * a.vy)
		a.z += float64(dt * a.vz)
	}
}

func main() {
	group := solarSystem()
	offsetMomentum(group)
	fmt.Printf("%.9f\n", energy(group))
	for step := 1; step <= 400000; step++ {
		advance(group, 0.01)
	}
	fmt.Printf("%.9f\n", energy(group))
}
