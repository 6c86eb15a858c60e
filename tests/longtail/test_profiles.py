from logit_adjustment_kedro.longtail import exponential_profile

CIFAR10_LT = [5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50]


def test_profiles_of_the_paper():
    assert exponential_profile(5000, 10, 100).tolist() == CIFAR10_LT
    cifar100 = exponential_profile(500, 100, 100)
    assert (cifar100[0], cifar100[-1], cifar100.sum()) == (500, 5, 10_847)
    assert sum(CIFAR10_LT) == 12_406
    digits = exponential_profile(120, 10, 100)
    assert digits.tolist() == [120, 71, 43, 25, 15, 9, 5, 3, 2, 1]
