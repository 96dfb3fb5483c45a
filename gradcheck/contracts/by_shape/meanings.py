"""What the parameters of a constructor or method mean: by their names, in the spellings that such classes have."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

# Letters and digits of a name in lower case. A name may also begin or end with one of the longer words.
_NAMES = {
    "sizes": "sizes layers layersizes layerdims layersdims dims dimensions architecture arch structure topology neurons"
    " nodes units shape nnstructure networkstructure nnarchitecture layerlist numneurons neuronsperlayer layernodes"
    " layersize netshape widths layerunits nunits numunits capas couches taille tailles estructura schichten",
    "n_in": "nin nx ninput ninputs inputsize inputdim inputs inputnodes inputneurons inputlayer inputlayersize inodes"
    " numinputs numinput ni indim insize infeatures inputunits nfeatures numfeatures d entradas nentradas entrees"
    " eingaben nenters inputshape inputlen nvis nvisible inputlayerneurons ninputunits din fanin ninputs inch",
    "n_hidden": "nhidden nh hidden hiddensize hiddendim hiddennodes hiddenneurons hiddenlayer hiddenlayersize hnodes"
    " numhidden hiddenunits hiddens h ocultas nocultas hid nhid hiddenlayerneurons nhiddenunits caches versteckte"
    " hiddenlayers hiddensizes hiddendims hidlayers",
    "n_out": "nout ny noutput noutputs outputsize outputdim outputs outputnodes outputneurons outputlayer"
    " outputlayersize onodes numoutputs numoutput no outdim outsize outfeatures outputunits nclasses numclasses c k"
    " salidas nsalidas sorties ausgaben outputlen noutputunits outputlayerneurons dout fanout nlabels numlabels nclass",
    "x": "x xs xtrain xbatch xb inputs input data features inputdata trainx trainingdata inputslist inputlist batchx"
    " xinput entradas entrada entree images inputarray xi samples sample traindata trainingset trainingsetinputs"
    " traininginputs inputvector examples xdata datos",
    "y": "y ys ytrue ytrain ybatch yb t target targets label labels truth expected groundtruth trainy onehoty yonehot"
    " targetslist targetlist batchy output outputs salida salidas desired desiredoutput expectedoutput trainlabels"
    " trainingoutputs trainingsetoutputs targetvector d yt yi yactual actual ydata ref reference cible etiquetas",
    "out": "yhat ypred pred preds prediction predictions probs al a o out yh ouput yout h predicted ycap net ao aout"
    " activation activationoutput outputvalues ypredicted",
    "lr": "lr learningrate eta stepsize alpha learnrate rate learningr lrate tasa taux lernrate learningrates",
    "epochs": "epochs nepochs epoch numepochs iterations niterations iters niter nit numiterations steps nsteps maxiter"
    " epocas maxiterations maxepochs niters numiters numsteps numepoch times",
    "batch": "batchsize minibatchsize bs mbsize batch minibatch",
    "m": "m nexamples nsamples numexamples",
    "seed": "seed randomstate rng randomseed randomgenerator",
    "l2": "lam lambda lambd lamda lmbda l2 reg l2reg weightdecay regularization regstrength decay lambdareg reglambda"
    " l2penalty l2lambda penalty lam2",
    "cache": "cache caches memory ctx context intermediates activations acts forwardcache memo zs",
    "grads": "grads gradients grad gradient derivatives nablas dparams",
    "quiet": "verbose verbosity printevery printcost plot showprogress log debug display printloss printinterval show",
    "momentum": "momentum mu beta momento dropout keepprob dropoutrate",
    "params": "params parameters weights param theta",
    "activation": "activation activationfunction act activations actfunc hiddenactivation activationfn activationhidden",
    "out_activation": "outputactivation outactivation finalactivation activationoutput lastactivation",
    "cost": "loss cost lossfunction costfunction lossfn costfn criterion lossname losstype objective costtype",
}
MEANINGS = {name: meaning for meaning, names in reversed(_NAMES.items()) for name in names.split()}
_BEGIN = {
    "learning": "lr",
    "hidden": "n_hidden",
    "epoch": "epochs",
    "batch": "batch",
    "target": "y",
    "label": "y",
    "input": "x",
}


def plain(name: str) -> str:
    """A name without what separates its words."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def meaning(name: str, among: Sequence[str] = ()) -> str | None:
    """What a parameter of this name means, one of those that make sense here where that is said."""
    word = plain(name)
    if among:
        for one in among:
            if word in _NAMES.get(one, "").split():
                return one
    found = MEANINGS.get(word)
    return found if found and (not among or found in among) else None


def parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    """What a function takes; nothing where Python cannot tell."""
    try:
        return list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return []


def required(function: Callable[..., Any]) -> list[inspect.Parameter]:
    """What has to be given."""
    kinds = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
    return [p for p in parameters(function) if p.default is p.empty and p.kind not in kinds]


def called(function: Callable[..., Any], values: Mapping[str, Any]) -> Any:
    """Call a function with values by the names of its parameters."""
    leading = [p.name for p in parameters(function) if p.kind is p.POSITIONAL_ONLY]
    rest = {name: value for name, value in values.items() if name not in leading}
    return function(*(values[name] for name in leading if name in values), **rest)
