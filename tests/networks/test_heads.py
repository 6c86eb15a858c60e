import keras
import numpy as np
import pytest

from logit_adjustment_kedro.networks import HEADS, NETWORKS


def last_layer(network, l2=0.0, head="linear"):
    keras.utils.set_random_seed(0)
    features = keras.Input((256,), dtype="bfloat16")
    logits = HEADS[head]().logits(features, 500, NETWORKS[network](), l2)
    model = keras.Model(features, logits)
    return model.get_layer("logits"), model


# He et al. (2015): sqrt(2 / 256); what was released: 0.01; Glorot and Bengio (2010):
# sqrt(2 / (256 + 500)).
@pytest.mark.parametrize(
    ("network", "bias", "deviation"),
    [
        ("convnet", True, 0.0514),
        ("resnet32", True, 0.0884),
        ("resnet32_released", True, 0.01),
        ("whitened", False, 0.0514),
    ],
)
def test_it_starts_as_that_of_the_published_network(network, bias, deviation):
    layer, _ = last_layer(network)
    assert layer.use_bias == bias
    assert np.asarray(layer.kernel).std() == pytest.approx(deviation, rel=0.02)


@pytest.mark.parametrize("head", HEADS)
def test_logits_are_float32_whatever_the_features_are(head):
    layer, model = last_layer("convnet", head=head)
    assert layer.dtype_policy.name == "float32"
    assert model.output.dtype == "float32"


@pytest.mark.parametrize("head", HEADS)
def test_every_head_goes_by_its_key_and_regularises_its_kernel(head):
    layer, model = last_layer("convnet", l2=0.5, head=head)
    assert (HEADS[head].name, layer.name) == (head, "logits")
    penalty = 0.5 * np.square(layer.kernel).sum()
    assert float(sum(model.losses)) == pytest.approx(penalty, rel=1e-3)


@pytest.mark.parametrize(
    ("network", "penalty"), [("resnet32", 0), ("resnet32_released", 0.5 * 500 * 4)]
)
def test_only_the_released_network_regularises_the_bias(network, penalty):
    layer, model = last_layer(network, l2=0.5)
    before = float(sum(model.losses))
    layer.bias.assign(np.full(500, 2.0))
    assert float(sum(model.losses)) - before == pytest.approx(penalty, rel=1e-3)
