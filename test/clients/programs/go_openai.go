package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	openai "github.com/sashabaranov/go-openai"
)

func main() {
	checked := false
	runMatrix(func(baseURL, apiKey string, texts []string) ([][]float32, error) {
		client := clientOf(baseURL, apiKey)
		answer, err := client.CreateEmbeddings(context.Background(), openai.EmbeddingRequest{Input: texts, Model: openai.SmallEmbedding3})
		if err == nil && !checked {
			checked, err = true, cancelAndDelete(client)
		}
		vectors := make([][]float32, len(answer.Data))
		for index, item := range answer.Data {
			vectors[index] = item.Embedding
		}
		return vectors, err
	}, func(err error) int {
		var own *openai.APIError
		if errors.As(err, &own) {
			return own.HTTPStatusCode
		}
		return 0
	})
}

func clientOf(baseURL, apiKey string) *openai.Client {
	config := openai.DefaultConfig(apiKey)
	config.BaseURL = baseURL
	return openai.NewClientWithConfig(config)
}

// cancelAndDelete cancels a batch and deletes its file: this client sends both with a content type and no body.
func cancelAndDelete(client *openai.Client) error {
	ctx := context.Background()
	line := `{"custom_id":"a","method":"POST","url":"/v1/embeddings","body":{"model":"text-embedding-3-small","input":"a text"}}` + "\n"
	file, err := client.CreateFileBytes(ctx, openai.FileBytesRequest{Name: "requests.jsonl", Bytes: []byte(line), Purpose: openai.PurposeBatch})
	if err != nil {
		return err
	}
	batch, err := client.CreateBatch(ctx, openai.CreateBatchRequest{InputFileID: file.ID, Endpoint: openai.BatchEndpointEmbeddings, CompletionWindow: "24h"})
	if err != nil {
		return err
	}
	if _, err = client.CancelBatch(ctx, batch.ID); err != nil {
		return err
	}
	return deleteOnceUnused(ctx, client, file.ID)
}

// deleteOnceUnused tries again for ten seconds while the service says that the batch has not ended.
func deleteOnceUnused(ctx context.Context, client *openai.Client, id string) error {
	var err error
	for range 100 {
		err = client.DeleteFile(ctx, id)
		var own *openai.APIError
		if err == nil || !errors.As(err, &own) || own.HTTPStatusCode != http.StatusBadRequest {
			return err
		}
		time.Sleep(100 * time.Millisecond)
	}
	return fmt.Errorf("the file of a cancelled batch cannot be deleted: %w", err)
}
