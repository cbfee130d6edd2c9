#!/usr/bin/env python3
"""Makes small models of many architectures with sentence-transformers, and the vectors that it computes with them.

    python make_architectures.py OUT_DIR TOKENIZERS_DIR

The weights are random. Tokenizers, modules and files are what people's models have: sentence-transformers saves the
folders itself, and PyTorch exports the graphs. Each folder gets vectors.jsonl (text, embedding, input_type).
"""
import json
import os
import shutil
import sys
import warnings

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
warnings.simplefilter("ignore")

import torch
import transformers as tf
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer import modules
from torch import nn

SIZE = 64
BERT_TOKENIZER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../models/all-MiniLM-L6-v2")
LAYERS = {"hidden_size": SIZE, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 128}
DECODER = {**LAYERS, "num_key_value_heads": 2, "head_dim": 16, "max_position_embeddings": 512, "attn_implementation": "eager"}
WORDS = {"vocab_size": 30_522, "max_position_embeddings": 512}
PROMPTS = {"query": "query: ", "document": ""}
OPENED = {"bos_token": "<s>", "eos_token": "</s>", "cls_token": "<s>", "sep_token": "</s>"}


def dense(inputs, outputs, activation, **more):
    return modules.Dense(inputs, outputs, activation_function=activation, **more)


def architectures():
    """Name, configuration, tokenizer, changes to its options, pooling, further modules, and options of the whole model."""
    yield "bert", tf.BertConfig(**WORDS, **LAYERS), "bert", {}, {}, [], {}
    yield "bert-cased", tf.BertConfig(**WORDS, **LAYERS), "bert", {"do_lower_case": False}, {}, [], {}
    yield "bert-without-prompt", tf.BertConfig(**WORDS, **LAYERS), "bert", {}, {"include_prompt": False}, [], {"prompts": PROMPTS}
    yield ("distilbert", tf.DistilBertConfig(**WORDS, dim=SIZE, n_layers=2, n_heads=4, hidden_dim=128), "bert",
           {"tokenizer_class": "DistilBertTokenizer"}, {"pooling_mode": "cls"}, [dense(SIZE, 32, nn.GELU())], {})
    yield ("mpnet", tf.MPNetConfig(vocab_size=30_527, max_position_embeddings=514, pad_token_id=1, **LAYERS), "bert",
           {"tokenizer_class": "MPNetTokenizer", "bos_token": "[CLS]", "eos_token": "[SEP]"}, {"pooling_mode": ["mean", "cls"]},
           [dense(2 * SIZE, 2 * SIZE, nn.Tanh(), use_residual=True), modules.LayerNorm(2 * SIZE)], {})
    yield ("albert", tf.AlbertConfig(embedding_size=32, **WORDS, **LAYERS), "bert", {}, {"pooling_mode": "max"},
           [modules.Dropout(0.3)], {"truncate_dim": 40})
    yield "electra", tf.ElectraConfig(embedding_size=32, **WORDS, **LAYERS), "bert", {}, {}, [modules.Normalize()], {}
    yield "nomic-bert", tf.NomicBertConfig(**WORDS, **LAYERS), "bert", {}, {"pooling_mode": "mean_sqrt_len_tokens"}, [], {}
    yield ("xlm-roberta", tf.XLMRobertaConfig(vocab_size=26_100, max_position_embeddings=66, type_vocab_size=1, pad_token_id=1, **LAYERS),
           "unigram", {"tokenizer_class": "XLMRobertaTokenizer", "model_max_length": 64, "pad_token": "<pad>", "unk_token": "<unk>", **OPENED},
           {"pooling_mode": "cls"}, [modules.Normalize()], {"prompts": PROMPTS})
    yield ("modernbert", tf.ModernBertConfig(vocab_size=4_000, max_position_embeddings=512, pad_token_id=0, attn_implementation="eager", **LAYERS),
           "byte-bpe", {"pad_token": "<s>", **OPENED}, {"pooling_mode": "weightedmean"}, [dense(SIZE, 16, nn.Softplus(), bias=False)], {})
    yield ("gemma3", tf.Gemma3TextConfig(vocab_size=262_208, use_bidirectional_attention=True, **DECODER), "gemma3", {}, {},
           [dense(SIZE, 96, nn.Identity(), bias=False), dense(96, SIZE, nn.Identity(), bias=False), modules.Normalize()], {"prompts": PROMPTS})
    yield ("qwen3", tf.Qwen3Config(vocab_size=151_936, use_cache=False, **DECODER), "qwen3", {"padding_side": "left"},
           {"pooling_mode": "lasttoken"}, [modules.Normalize()], {"prompts": PROMPTS})


class Graph(nn.Module):
    """The model with its inputs in a fixed order, and Gemma's mask made in a way that PyTorch can export."""

    def __init__(self, model, names):
        super().__init__()
        self.model, self.names = model, names

    def forward(self, *values):
        inputs = dict(zip(self.names, values))
        if self.model.config.model_type == "gemma3_text":
            mask = (1.0 - inputs["attention_mask"][:, None, None, :].float()) * -1e30
            mask = mask.expand(-1, 1, inputs["input_ids"].shape[1], -1)
            inputs["attention_mask"] = {"full_attention": mask, "sliding_attention": mask}
        return self.model(**inputs).last_hidden_state


def export(model, folder):
    features = model.preprocess(["some words", "a"])
    names = [name for name in ("input_ids", "attention_mask", "token_type_ids") if name in features]
    if model[0].auto_model.config.model_type == "mpnet":
        names.remove("token_type_ids") if "token_type_ids" in names else None
    os.makedirs(os.path.join(folder, "onnx"))
    outputs = ["last_hidden_state"]
    torch.onnx.export(
        Graph(model[0].auto_model, names), tuple(features[name] for name in names), os.path.join(folder, "onnx/model.onnx"), input_names=names,
        output_names=outputs, dynamic_axes={name: {0: "batch", 1: "rows"} for name in names + outputs}, opset_version=17, dynamo=False)


def save_base(folder, config, tokenizer, options):
    """What transformers has: a model with random weights and a tokenizer."""
    model = tf.AutoModel.from_config(config).float().eval()
    for weights in model.parameters():
        if weights.dim() > 1:
            nn.init.normal_(weights, std=0.15)
    model.save_pretrained(folder)
    shutil.copy(os.path.join(tokenizer, "tokenizer.json"), folder)
    with open(os.path.join(tokenizer, "tokenizer_config.json"), encoding="utf-8") as file:
        own = json.load(file)
    # With a chat template or a processor of images, sentence-transformers makes messages of texts.
    kept = {name: value for name, value in own.items() if name not in ("chat_template", "processor_class", "image_token")}
    with open(os.path.join(folder, "tokenizer_config.json"), "w", encoding="utf-8") as file:
        json.dump({**kept, "model_max_length": min(own["model_max_length"], 512), **options}, file)


def write_vectors(model, folder, texts):
    kinds = [None, "query"] if model.prompts["query"] else [None]
    with open(os.path.join(folder, "vectors.jsonl"), "w", encoding="utf-8") as file:
        for kind in kinds:
            for text, vector in zip(texts, model.encode(texts, batch_size=7, prompt_name=kind)):
                row = {"text": text, "embedding": [float(value) for value in vector], **({"input_type": kind} if kind else {})}
                file.write(json.dumps(row) + "\n")


def main(out, tokenizers):
    torch.manual_seed(0)
    with open(os.path.join(tokenizers, "byte-bpe/texts.jsonl"), encoding="utf-8") as file:
        texts = [json.loads(line)["text"] for line in file][:80] + ["Straße Ünï ", " w", "word " * 300]
    for name, config, tokenizer, options, pooling, further, whole in architectures():
        base, folder = os.path.join(out, "base"), os.path.join(out, name)
        for path in (base, folder):
            shutil.rmtree(path, ignore_errors=True)
        save_base(base, config, BERT_TOKENIZER if tokenizer == "bert" else os.path.join(tokenizers, tokenizer), options)
        transformer = modules.Transformer(base)
        steps = [transformer, modules.Pooling(transformer.get_embedding_dimension(), **pooling), *further]
        SentenceTransformer(modules=steps, device="cpu", **whole).save(folder)
        model = SentenceTransformer(folder, device="cpu").eval()
        write_vectors(model, folder, texts)
        export(model, folder)
        print(name, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
