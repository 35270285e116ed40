package criteria

import (
	"fmt"
	"strconv"
	"strings"
)

// compare makes regular expressions, alternatives of each other, for the versions that are less, at most, greater or at
// least some version. Numbers are compared as numbers, with or without zeros before them, and what a version lacks at its
// end is zero: 13 and 13.0 are the same. What is no version fits none of them.
func compare(operator, version string) []string {
	numbers := numbersOf(version)
	switch operator {
	case "less_than":
		return below(numbers)
	case "at_most":
		return append(below(numbers), same(numbers))
	case "greater_than":
		return above(numbers)
	default: // at_least
		return append(above(numbers), same(numbers))
	}
}

// The end of a number, and of a version.
const (
	endOfNumber  = `([^0-9]|$)`
	endOfVersion = `([^0-9.]|$)`
)

// numbersOf are the numbers of a version, without the zeros at its end.
func numbersOf(version string) []int {
	var numbers []int
	for _, part := range strings.Split(version, ".") {
		n, _ := strconv.Atoi(part) // it was checked
		numbers = append(numbers, n)
	}
	for len(numbers) > 1 && numbers[len(numbers)-1] == 0 {
		numbers = numbers[:len(numbers)-1]
	}
	return numbers
}

// start matches some numbers at the beginning, with a dot after each but the last.
func start(numbers []int) string {
	parts := make([]string, len(numbers))
	for i, n := range numbers {
		parts[i] = exactly(n)
	}
	return "^" + strings.Join(parts, `\.`)
}

// then is start with a dot at its end, before something else.
func then(numbers []int) string {
	if len(numbers) == 0 {
		return "^"
	}
	return start(numbers) + `\.`
}

func exactly(n int) string {
	if n == 0 {
		return "0+"
	}
	return "0*" + strconv.Itoa(n)
}

func same(numbers []int) string { return start(numbers) + `(\.0+)*` + endOfVersion }

// below is nothing for 0. Otherwise it has the first number that differs less, or ends before a number that is not zero.
func below(numbers []int) []string {
	var list []string
	for i, n := range numbers {
		if n > 0 {
			list = append(list, then(numbers[:i])+"0*("+strings.Join(less(n), "|")+")"+endOfNumber)
		}
		if i > 0 {
			list = append(list, start(numbers[:i])+endOfVersion)
		}
	}
	return list
}

// above has the first number that differs greater, or goes on with a number that is not zero.
func above(numbers []int) []string {
	var list []string
	for i, n := range numbers {
		list = append(list, then(numbers[:i])+"0*("+strings.Join(greater(n), "|")+")"+endOfNumber)
	}
	return append(list, start(numbers)+`(\.0+)*\.0*[1-9]`)
}

// less are alternatives for the numbers from 0 to n-1, without zeros before them.
func less(n int) []string {
	digits := strconv.Itoa(n)
	var list []string
	for length := 1; length < len(digits); length++ { // those with fewer digits
		switch length {
		case 1:
			list = append(list, "[0-9]")
		default:
			list = append(list, fmt.Sprintf("[1-9]%s", more(length-1)))
		}
	}
	for i := range digits {
		least := byte('0')
		if i == 0 && len(digits) > 1 {
			least = '1'
		}
		if digits[i] > least {
			list = append(list, digits[:i]+between(least, digits[i]-1)+more(len(digits)-i-1))
		}
	}
	return list
}

// greater are alternatives for the numbers above n, without zeros before them.
func greater(n int) []string {
	digits := strconv.Itoa(n)
	var list []string
	for i := range digits {
		if digits[i] < '9' {
			list = append(list, digits[:i]+between(digits[i]+1, '9')+more(len(digits)-i-1))
		}
	}
	return append(list, fmt.Sprintf("[1-9][0-9]{%d,}", len(digits)))
}

func between(from, to byte) string {
	if from == to {
		return string(from)
	}
	return fmt.Sprintf("[%c-%c]", from, to)
}

func more(digits int) string {
	switch digits {
	case 0:
		return ""
	case 1:
		return "[0-9]"
	}
	return fmt.Sprintf("[0-9]{%d}", digits)
}
