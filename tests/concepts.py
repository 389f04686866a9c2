"""What the lessons promise to explain, and in which lesson each idea is at home."""

CONCEPTS = {
    "00": ["supervised-learning", "accuracy", "epochs"],
    "01": [
        *("neuron", "weights", "bias", "forward-propagation"),
        *("activation-functions", "relu", "sigmoid", "tanh", "softmax"),
    ],
    "02": [
        *("gradient", "computational-graph", "chain-rule", "backpropagation"),
        *("topological-order", "gradient-checking"),
    ],
    "03": [
        *("loss-function", "loss-landscape", "gradient-descent", "local-minima"),
        *("learning-rate-too-small", "learning-rate-too-large", "momentum", "saddle"),
    ],
    "04": ["hidden-layers", "nonlinearity", "xor", "universal-approximation"],
    "05": [
        *("training-loop", "mse", "house-prices", "batch-size", "feature-scaling"),
        *("optimizers", "learning-rate-schedules"),
    ],
    "06": ["digit-classification", "cross-entropy", "confusion-matrix", "test-set"],
    "07": [
        *("overfitting", "underfitting", "train-validation-gap", "regularization"),
        *("dropout", "early-stopping"),
    ],
    "08": [
        *("vanishing-gradients", "exploding-gradients", "weight-initialization"),
        *("batch-norm", "skip-connections"),
    ],
    "09": [
        *("cnn", "filters", "pooling", "weight-sharing", "translation-invariance"),
        *("cat-or-not-cat", "data-bias"),
    ],
    "10": ["spam", "bag-of-words", "embeddings", "sentiment-analysis"],
    "11": ["rnn", "lstm", "gru", "gradient-clipping", "language-model"],
    "12": ["self-attention", "positional-encoding", "transformer"],
    "13": [
        *("unsupervised-learning", "reinforcement-learning", "transfer-learning"),
        "autoencoder",
    ],
    "14": ["inference", "pruning", "quantization", "distillation"],
    "15": ["vectorization", "compilation", "computational-requirements", "export"],
}
