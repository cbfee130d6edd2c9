// What every Go client of the matrix does; see ../run-client.js for what it prints.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strings"
)

type matrixInput struct {
	URL               string   `json:"url"`
	LimitedURL        string   `json:"limitedUrl"`
	KeyedURL          string   `json:"keyedUrl"`
	APIKey            string   `json:"apiKey"`
	Texts             []string `json:"texts"`
	TextThatIsTooLong string   `json:"textThatIsTooLong"`
}

type provoked struct {
	Name   string `json:"name"`
	IsOwn  bool   `json:"isOwn"`
	Status int    `json:"status"`
}

type embedder func(baseURL, apiKey string, texts []string) ([][]float32, error)

// runMatrix prints the report. statusOf returns the status of the library's own error, or 0 if it is another error.
func runMatrix(embed embedder, statusOf func(error) int) {
	var input matrixInput
	must(json.NewDecoder(os.Stdin).Decode(&input))
	vectors, err := embed(input.URL+"/v1", input.APIKey, input.Texts)
	must(err)
	_, err = embed(input.KeyedURL+"/v1", input.APIKey, []string{"a text"})
	must(err)
	errorFor := func(status int, baseURL, apiKey string, texts ...string) provoked {
		_, err := embed(baseURL, apiKey, append([]string{"a text"}, texts...))
		if err == nil {
			return provoked{Name: "no error"}
		}
		got := statusOf(err)
		return provoked{Name: strings.TrimPrefix(fmt.Sprintf("%T", err), "*openai."), IsOwn: got == status, Status: got}
	}
	must(json.NewEncoder(os.Stdout).Encode(map[string]any{
		"runtime": "Go " + strings.Join(strings.Split(strings.TrimPrefix(runtime.Version(), "go"), ".")[:2], "."),
		"vectors": vectors,
		"errors": map[string]provoked{
			"400": errorFor(400, input.URL+"/v1", input.APIKey, input.TextThatIsTooLong),
			"401": errorFor(401, input.KeyedURL+"/v1", "a-wrong-key"),
			"429": errorFor(429, input.LimitedURL+"/v1", input.APIKey),
		},
	}))
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
