"""The network: a torchvision backbone that takes the contract's input, whatever its weights were trained with."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
import torchvision
from torch import Tensor, nn

from edge.model.contract import IMAGENET_MEAN, IMAGENET_STD
from training.backbones import backbone_named
from training.errors import UsageError
from training.language import _

TENSORFLOW_PIXELS = (127.5, 127.5)
"""What TensorFlow's MobileNets take away from a pixel's 0 to 255 and divide it by."""


class Network(nn.Module):
    """Logits and embedding of contract input, (N, 3, H, W) float32 RGB minus ImageNet's mean over its deviation.

    `scale` and `shift` (3, 1, 1) turn that input into what the start weights were trained with. They are a step
    of their own, not folded into the first convolution: its zero padding happens after the normalisation, so
    that a folded one would see another border.
    """

    scale: Tensor
    shift: Tensor

    def __init__(self, backbone: str, classes: int, pads_like: str = "torchvision", dropout: float = 0.2) -> None:
        super().__init__()
        built = backbone_named(backbone)
        self.backbone, self.pads_like = backbone, "torchvision"
        self.features, self.neck = built.build()
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(built.embedding, classes)
        nn.init.normal_(self.head.weight, 0, 0.01)
        nn.init.zeros_(self.head.bias)
        self.register_buffer("scale", torch.ones(3, 1, 1))
        self.register_buffer("shift", torch.zeros(3, 1, 1))
        if pads_like == "tensorflow":
            self.pad_like_tensorflow()

    def pad_like_tensorflow(self) -> None:
        """Pad convolutions of stride 2 more at the right and bottom, as TensorFlow's "same" does for even sizes.

        Weights trained so see shifted borders under torchvision's symmetric padding: a head on frozen features
        of the iNaturalist weights lost 3 points of top-1 on our test photos by it (0.826 to 0.795).
        """
        self.pads_like = "tensorflow"
        for module in self.features.modules():
            if isinstance(module, nn.Conv2d) and module.stride == (2, 2) and module.kernel_size != (1, 1):
                module.padding = (module.kernel_size[0] // 2 - 1,) * 2
                module.register_forward_pre_hook(_pad_right_bottom)

    def take_shape_of(self, state: dict[str, Tensor]) -> None:
        """Be as narrow as a slimmed network's weights, which can then be loaded."""
        for name, module in self.features.named_modules():
            weight = state.get(f"features.{name}.weight")
            if weight is None or not isinstance(module, nn.Conv2d | nn.BatchNorm2d):
                continue
            if module.weight.shape != weight.shape:
                _narrow(module, weight)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(N, classes) logits and (N, D) embedding."""
        embedding = self.neck(self.features(x * self.scale + self.shift))
        return self.head(self.dropout(embedding)), embedding


def _narrow(module: nn.Conv2d | nn.BatchNorm2d, weight: Tensor) -> None:
    """In its place, so that hooks stay."""
    module.weight = nn.Parameter(torch.empty_like(weight))
    if isinstance(module, nn.Conv2d):
        module.groups = len(weight) if module.groups > 1 else 1
        module.out_channels, module.in_channels = len(weight), weight.shape[1] * module.groups
        return
    module.num_features = len(weight)
    module.bias = nn.Parameter(torch.zeros_like(weight))
    module.register_buffer("running_mean", torch.zeros_like(weight))
    module.register_buffer("running_var", torch.ones_like(weight))


def _pad_right_bottom(_convolution: nn.Module, inputs: tuple[Tensor]) -> Tensor:
    return F.pad(inputs[0], (0, 1, 0, 1))


def load_start_weights(network: Network, weights: str) -> None:
    """Put `none`, `imagenet` (torchvision's, downloaded once, or a package's), or a file's weights under the head.

    A file is `.npz` (torchvision's keys; input x/127.5 - 1 and padding as in TensorFlow's models) or `.pth`
    (torchvision's keys, ImageNet normalisation; a package's, its own). Raises UsageError for a file that does not fit.
    """
    if weights == "none":
        return
    built = backbone_named(network.backbone)
    if weights == "imagenet" and built.package is not None:
        weights = str(built.package())
    path = Path(weights)
    _load(network, _imagenet(network.backbone) if weights == "imagenet" else _state_of(path), weights)
    pixels = built.pixels or (TENSORFLOW_PIXELS if path.suffix == ".npz" else None)
    if pixels is not None:
        _expect_pixels(network, *pixels)
        network.pad_like_tensorflow()


def _state_of(path: Path) -> dict[str, Tensor]:
    if not path.is_file():
        todo = _("give a .npz or .pth file, `imagenet`, or `none`")
        raise UsageError(_("a weights file"), _("nothing at {path}").format(path=path), todo)
    try:
        if path.suffix == ".npz":
            with np.load(path) as arrays:
                state = {key: torch.from_numpy(arrays[key]) for key in arrays.files}
        else:
            state = torch.load(path, map_location="cpu", weights_only=True)
            state = state.get("state_dict", state)
        return dict(state)
    except Exception as error:  # numpy and torch raise whatever the damage makes them trip over
        todo = _("copy the file again, or choose another")
        raise UsageError(_("readable weights in {path}").format(path=path), str(error), todo) from error


def start_weights_of(backbone: str, wanted: str | None) -> str:
    """`wanted`, else `imagenet` where there are such weights, else `none`."""
    built = backbone_named(backbone)
    return wanted or ("imagenet" if built.imagenet or built.package else "none")


def _imagenet(backbone: str) -> dict[str, Tensor]:
    name = backbone_named(backbone).imagenet
    if name is None:
        found = _("`imagenet` for {backbone}, for which there are none").format(backbone=backbone)
        raise UsageError(_("start weights that exist"), found, _("give --weights none"))
    try:
        state: dict[str, Tensor] = torchvision.models.get_weight(name).get_state_dict(progress=True, check_hash=True)
    except (OSError, RuntimeError) as error:  # no network, a proxy's answer instead of the file
        todo = _("connect to the network once, or give --weights with a file that you have")
        raise UsageError(_("to download {name}").format(name=name), str(error)[:200], todo) from error
    return state


def _expect_pixels(network: Network, less: float, over: float) -> None:
    """(x - less) / over of a pixel x, expressed in the contract's (x - mean) / std."""
    mean, std = torch.tensor(IMAGENET_MEAN), torch.tensor(IMAGENET_STD)
    network.scale.copy_((std / over).view(3, 1, 1))
    network.shift.copy_(((mean - less) / over).view(3, 1, 1))


def _load(network: Network, state: dict[str, Tensor], name: str) -> None:
    """Everything under the head, neither more nor less."""
    body: dict[str, Tensor] = {}
    for theirs, ours in backbone_named(network.backbone).keys:
        body |= {ours + key.removeprefix(theirs): v for key, v in state.items() if key.startswith(theirs)}
    own = network.state_dict()
    body |= {key: value for key, value in own.items() if not key.startswith(("features.", "neck."))}
    try:
        network.load_state_dict(body)
    except RuntimeError as error:
        packaged = backbone_named(network.backbone).package is not None
        expected = (
            _("weights of {backbone} in its package's keys")
            if packaged
            else _("weights of {backbone} in torchvision's keys")
        )
        expected = expected.format(backbone=network.backbone)
        raise UsageError(expected, f"{name}: {str(error)[:200]}", _("choose the weights that fit")) from error


def batch_norms_are_folded(network: Network) -> bool:
    """Whether every batch norm passes its input through (weights that came through a converter)."""
    norms = [m for m in network.modules() if isinstance(m, nn.BatchNorm2d)]
    return bool(norms) and all(
        not torch.any(n.get_buffer("running_mean")) and bool(torch.all(n.weight == 1)) for n in norms
    )


@torch.no_grad()
def fold_batch_norms(network: Network) -> None:
    """Compute the same with every batch norm's work done by the convolution before it, but for its bias."""
    before: nn.Conv2d | None = None
    for module in network.features.modules():
        if isinstance(module, nn.Conv2d):
            before = module
        elif isinstance(module, nn.BatchNorm2d):
            assert before is not None
            mean, var = module.get_buffer("running_mean"), module.get_buffer("running_var")
            times = module.weight / (var + module.eps).sqrt()
            before.weight.mul_(times[:, None, None, None])
            module.bias.sub_(mean * times)
            mean.zero_()
            var.fill_(1 - module.eps)
            module.weight.fill_(1)


@torch.no_grad()
def unfold_batch_norms(network: Network, batches: list[Tensor]) -> None:
    """Give folded batch norms real statistics, measured on `batches`, without changing the function.

    A folded norm computes z + b. With the measured mean m and variance v as its running statistics, weight
    sqrt(v) and bias b + m compute the same in eval mode, and train mode can then normalise as usual.
    """
    sums: dict[nn.BatchNorm2d, list[Tensor]] = {}

    def measure(norm: nn.Module, inputs: tuple[Tensor, ...], _output: Tensor) -> None:
        assert isinstance(norm, nn.BatchNorm2d)
        z = inputs[0]
        var, mean = (value.double() for value in torch.var_mean(z, (0, 2, 3), correction=0))
        count = torch.tensor(z.numel() / z.shape[1], dtype=torch.float64, device=z.device)
        values = [mean * count, (var + mean.square()) * count, count]
        had = sums.get(norm)
        sums[norm] = values if had is None else [a + b for a, b in zip(had, values, strict=True)]

    hooks = [m.register_forward_hook(measure) for m in network.modules() if isinstance(m, nn.BatchNorm2d)]
    network.eval()
    for batch in batches:
        network(batch)
    for hook in hooks:
        hook.remove()
    for norm, (total, squares, count) in sums.items():
        mean = total / count.to(total.device)
        # 1e-4: a channel that never fires would else get weight 0 for good.
        var = (squares / count.to(total.device) - mean.square()).clamp_min(1e-4)
        assert norm.running_mean is not None
        assert norm.running_var is not None
        was = norm.weight / (norm.running_var + norm.eps).sqrt()
        bias = norm.bias - norm.running_mean * was
        norm.weight.copy_(was * (var + norm.eps).sqrt())
        norm.bias.copy_(bias + mean * was)
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(var)
