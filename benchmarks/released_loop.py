"""The loop of the authors' released code, to measure ours against.

Written anew, on stock Keras layers and the TensorFlow backend, it works as theirs does
in all that takes time:

- it runs eagerly, never compiled: Python dispatches every operation of every step;
- TensorFlow reads the records again in each epoch, and decodes and augments a batch
  image by image with `tf.map_fn`, one batch after the other, beside the training;
- accuracies are Keras metrics, updated in every step, with test batches of 100.

It leaves out what would only make it slower: TensorBoard, printing the loss, and a
second accuracy, of adjusted logits, in the evaluation.
"""

import functools
import itertools
import math
import time
from pathlib import Path

import keras
import tensorflow as tf
from keras import layers

STEPS_PER_EPOCH = 96  # of CIFAR-10-LT
TEST_BATCH_SIZE = 100
SCHEMA = {
    "image/encoded": tf.io.FixedLenFeature([], tf.string),
    "image/class/label": tf.io.FixedLenFeature([], tf.int64),
}
L2 = keras.regularizers.L2(1e-4)


class ReleasedLoop:
    """A training with the plain loss, an epoch at a time.

    Its seconds start before the file is opened, and end with the last result read.

    Attributes:
        loss: that of the last step, with L2.
        test_accuracy: of the last evaluation.
    """

    def __init__(
        self, train_file: Path, test_file: Path, num_classes: int, batch_size: int = 128
    ):
        """Takes TFRecord files of the authors' schema."""
        self.loss = self.test_accuracy = math.nan
        self._train_set = _batches(train_file, batch_size, training=True)
        self._test_set = _batches(test_file, TEST_BATCH_SIZE, training=False)
        self._model = released_network(num_classes)
        self._optimizer = keras.optimizers.SGD(ReleasedRate(), 0.9, nesterov=True)
        self._accuracy = keras.metrics.SparseCategoricalAccuracy()

    def train_epoch(self, steps: int | None = None) -> float:
        """Returns the seconds for an epoch, or for the first `steps` steps of one."""
        start = time.perf_counter()
        self._accuracy.reset_state()
        for images, labels in itertools.islice(self._train_set, steps):
            loss = self._step(images, labels)
        self.loss = float(loss.numpy())
        self._accuracy.result().numpy()  # waits for it, too
        return time.perf_counter() - start

    def evaluate(self, batches: int | None = None) -> float:
        """Returns the seconds for the test set, or for its first `batches` batches."""
        start = time.perf_counter()
        self._accuracy.reset_state()
        for images, labels in itertools.islice(self._test_set, batches):
            self._accuracy.update_state(labels, self._model(images, training=False))
        self.test_accuracy = float(self._accuracy.result().numpy())
        return time.perf_counter() - start

    def _step(self, images: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        weights = self._model.trainable_weights
        with tf.GradientTape() as tape:
            logits = self._model(images, training=True)
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
            loss = tf.reduce_mean(losses) + tf.reduce_sum(self._model.losses)
        gradients = tape.gradient(loss, weights)
        self._optimizer.apply_gradients(zip(gradients, weights, strict=True))
        self._accuracy.update_state(labels, logits)
        return loss


class ReleasedRate(keras.optimizers.schedules.LearningRateSchedule):
    """The released learning rate for CIFAR-10-LT: a linear warm-up, then drops."""

    def __call__(self, step):
        """Returns the rate of a step, a scalar."""
        epoch = tf.cast(step, tf.float32) / STEPS_PER_EPOCH
        rate = 0.1 * tf.minimum(epoch / 20, 1)
        for start, dropped in ((604, 0.01), (926, 0.001), (1128, 0.0001)):
            rate = tf.where(epoch >= start, dropped, rate)
        return rate


def released_network(num_classes: int) -> keras.Model:
    """Returns `resnet32_released`, from `[N, 32, 32, 3]` in `[-0.5, 0.5]` to logits."""
    images = keras.Input((32, 32, 3))
    x = layers.ZeroPadding2D(3)(images)
    x = layers.ReLU()(_convolution(x, 16, 3, padding="valid"))
    for filters, stride in ((16, 1), (32, 2), (64, 2)):
        x = _bottleneck(x, _convolution(x, filters, 1, stride), filters, stride)
        for _ in range(4):
            x = _bottleneck(x, x, filters, stride=1)
    x = layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)
    x = layers.GlobalAveragePooling2D()(x)
    logits = layers.Dense(
        num_classes,
        kernel_initializer=keras.initializers.RandomNormal(stddev=0.01),
        kernel_regularizer=L2,
        bias_regularizer=L2,
    )(x)
    return keras.Model(images, logits)


def _bottleneck(x, shortcut, filters: int, stride: int):
    x = layers.ReLU()(_convolution(x, filters, 1))
    x = layers.ReLU()(_convolution(x, filters, 3, stride))
    return layers.ReLU()(layers.add([_convolution(x, filters, 1), shortcut]))


def _convolution(x, filters: int, size: int, stride: int = 1, padding: str = "same"):
    kernel = {"kernel_initializer": "he_normal", "kernel_regularizer": L2}
    x = layers.Conv2D(filters, size, stride, padding, use_bias=False, **kernel)(x)
    return layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)


def _batches(file: Path, size: int, training: bool) -> tf.data.Dataset:
    def decode(records):
        features = tf.io.parse_example(records, SCHEMA)
        pixels, labels = features["image/encoded"], features["image/class/label"]
        image = functools.partial(_image, training=training)
        return tf.map_fn(image, pixels, fn_output_signature=tf.float32), labels

    records = tf.data.TFRecordDataset(str(file)).shuffle(10_000)
    batches = records.batch(size, drop_remainder=training)
    return batches.map(decode).prefetch(tf.data.AUTOTUNE)


def _image(pixels: tf.Tensor, training: bool) -> tf.Tensor:
    image = tf.reshape(tf.io.decode_raw(pixels, tf.uint8), (32, 32, 3))
    image = tf.cast(image, tf.float32) / 255 - 0.5
    if training:
        image = tf.image.resize_with_crop_or_pad(image, 36, 36)
        image = tf.image.random_crop(image, (32, 32, 3))
        image = tf.image.random_flip_left_right(image)
    return image
