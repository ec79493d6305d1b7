"""Kubernetes' manifests of the containers, made of the engines' declarations.

Each engine has one file: a Deployment, a Service, who may call it, and what KEDA scales it by.
"""

from collections.abc import Callable, Mapping
from typing import Final

from media_jobs.engines import ENGINES, Engine

FOLDER: Final = "containers/kubernetes"
SECRET = "media-jobs-keys"  # noqa: S105  A name.
COMMON_SETTINGS = (
    "NO_PROGRESS_SECONDS",
    "REGION",
    "COST_WEIGHT",
    "DISK_FREE_BYTES_MIN",
    "PREVIEW_CACHE_BYTES",
)
ALWAYS_THERE = ("burner", "remotion")
"""People wait for what these draw at once: previews, stills, waveforms."""
DRAIN_S, GRACE_S = 3600, 3630
"""What runs may end; then it has ten seconds to be reported as interrupted."""

_HEAD = "# Made of the engine's declaration by `python -m dev.docs`.\n"


def manifest(engine: Engine) -> str:
    """Return the objects of one engine's container."""
    objects = (_deployment, _service, _network_policy, _scaled_object)
    return _HEAD + "---\n".join(make(engine) for make in objects)


def _metadata(engine: Engine) -> str:
    return f"""metadata:
  name: {engine.name}
  labels: {_labels(engine)}
"""


def _labels(engine: Engine) -> str:
    return f"{{ app.kubernetes.io/name: {engine.name}, app.kubernetes.io/part-of: media-jobs }}"


def _variable(name: str, key: str, *, optional: bool) -> str:
    needed = ", optional: true" if optional else ""
    return f"""            - name: {name}
              valueFrom: {{ secretKeyRef: {{ name: {SECRET}, key: {key}{needed} }} }}
"""


def _deployment(engine: Engine) -> str:
    key = f"JOB_CALLBACK_HMAC_SECRET_{engine.name.upper()}"
    own = (*COMMON_SETTINGS, *(setting.name for setting in engine.settings))
    settings = "".join(_variable(name, name, optional=True) for name in own)
    return f"""apiVersion: apps/v1
kind: Deployment
{_metadata(engine)}spec:
  selector: {{ matchLabels: {{ app.kubernetes.io/name: {engine.name} }} }}
  # How many: KEDA, below.
  template:
    metadata: {{ labels: {_labels(engine)} }}
    spec:
      # What runs goes on for DRAIN_SECONDS when the pod is to go.
      terminationGracePeriodSeconds: {GRACE_S}
      automountServiceAccountToken: false
      enableServiceLinks: false
      securityContext:
        runAsNonRoot: true
        runAsUser: 10001
        runAsGroup: 10001
        fsGroup: 10001
        seccompProfile: {{ type: RuntimeDefault }}
      containers:
        - name: {engine.name}
          image: media-jobs-{engine.name}
          ports: [{{ name: http, containerPort: 8080 }}]
          env:
            - name: DRAIN_SECONDS
              value: "{DRAIN_S}"
            # The node's processors would be counted, whatever the pod has of them.
            - name: CAPACITY
              value: "1"
{_variable("JOB_CALLBACK_HMAC_SECRET", key, optional=False)}{settings}          readinessProbe:
            httpGet: {{ path: /health, port: http }}
            periodSeconds: 10
          livenessProbe:
            httpGet: {{ path: /health, port: http }}
            periodSeconds: 30
            timeoutSeconds: 10
            failureThreshold: 5
          resources:
            requests: {{ cpu: "2", memory: 2Gi, ephemeral-storage: 20Gi }}
            limits: {{ memory: 6Gi, ephemeral-storage: 60Gi }}
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities: {{ drop: [ALL] }}
          volumeMounts:
            - {{ name: work, mountPath: /work }}
            - {{ name: tmp, mountPath: /tmp }}
      volumes:
        # CAPACITY times the largest input and output together.
        - {{ name: work, emptyDir: {{ sizeLimit: 50Gi }} }}
        - {{ name: tmp, emptyDir: {{ sizeLimit: 256Mi }} }}
"""


def _service(engine: Engine) -> str:
    return f"""apiVersion: v1
kind: Service
{_metadata(engine)}spec:
  selector: {{ app.kubernetes.io/name: {engine.name} }}
  ports: [{{ name: http, port: 8080, targetPort: http }}]
"""


def _network_policy(engine: Engine) -> str:
    return f"""apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
{_metadata(engine)}spec:
  podSelector: {{ matchLabels: {{ app.kubernetes.io/name: {engine.name} }} }}
  policyTypes: [Ingress]
  ingress:
    # No container reaches another.
    - from:
        - namespaceSelector: {{}}
          podSelector:
            matchExpressions:
              - {{ key: app.kubernetes.io/part-of, operator: NotIn, values: [media-jobs] }}
      ports: [{{ port: http }}]
"""


def _scaled_object(engine: Engine) -> str:
    least = int(engine.name in ALWAYS_THERE)
    return f"""apiVersion: keda.sh/v1alpha1
kind: ScaledObject
{_metadata(engine)}spec:
  scaleTargetRef: {{ name: {engine.name} }}
  pollingInterval: 30
  cooldownPeriod: 600
  minReplicaCount: {least}
  # More than one behind one URL break cancels and more: docs/scaling.md.
  maxReplicaCount: 1
  triggers:
    # Of each pod: the seconds that a job may wait, times CAPACITY, by the seconds that a job takes.
    - type: metrics-api
      name: waiting
      authenticationRef: {{ name: metrics-token }}
      metadata:
        url: https://orchestrator.example.com/metrics?engine={engine.id}
        authMode: bearer
        format: prometheus
        valueLocation: media_jobs_waiting_jobs
        targetValue: "2.5"
    # What is at work keeps its pod; as many as CAPACITY.
    - type: metrics-api
      name: active
      metadata:
        url: http://{engine.name}.media-jobs.svc:8080/metrics
        aggregateFromKubeServiceEndpoints: "true"
        aggregationType: sum
        format: prometheus
        valueLocation: media_jobs_active
        targetValue: "1"
"""


def kustomization() -> str:
    """Return kustomization.yaml: all engines, their images, and where the orchestrator is."""
    names = [engine.name for engine in _engines()]
    files = "".join(f"  - {name}.yaml\n" for name in names)
    images = "".join(f"  - {{ name: media-jobs-{name}, newTag: latest }}\n" for name in names)
    return f"""{_HEAD}apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: media-jobs
resources:
  - namespace.yaml
  - metrics-token.yaml
{files}images: # newName: where your registry has them.
{images}generatorOptions: {{ disableNameSuffixHash: true }}
configMapGenerator:
  - {{ name: orchestrator, envs: [orchestrator.env] }}
secretGenerator:
  # A copy of containers/.env, with METRICS_TOKEN; git ignores it.
  - {{ name: {SECRET}, envs: [keys.env] }}
replacements:
  - source: {{ kind: ConfigMap, name: orchestrator, fieldPath: data.HOST }}
    targets:
      - select: {{ kind: ScaledObject }}
        fieldPaths: [spec.triggers.0.metadata.url]
        options: {{ delimiter: "/", index: 2 }}
"""


def _engines() -> list[Engine]:
    return sorted(ENGINES.values(), key=lambda engine: engine.port)


def _maker(engine: Engine) -> Callable[[], str]:
    return lambda: manifest(engine)


TARGETS: Mapping[str, Callable[[], str]] = {
    f"{FOLDER}/kustomization.yaml": kustomization,
    **{f"{FOLDER}/{engine.name}.yaml": _maker(engine) for engine in _engines()},
}
