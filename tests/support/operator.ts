// A definition of kind Store, its operator and a Store, as manifests.

export const STORE_CRD = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: stores.ordinal.example}
spec:
  group: ordinal.example
  scope: Namespaced
  names: {plural: stores, singular: store, kind: Store}
  versions:
  - name: v1
    served: true
    storage: true
    subresources:
      status: {}
      scale: {specReplicasPath: .spec.members, statusReplicasPath: .status.members}
    additionalPrinterColumns:
    - {name: Members, type: integer, jsonPath: .spec.members}
    - {name: Ready, type: string, jsonPath: '.status.conditions[?(@.type=="Ready")].status'}
    - {name: Reason, type: string, jsonPath: '.status.conditions[?(@.type=="Ready")].reason'}
    schema:
      openAPIV3Schema:
        type: object
        required: [spec]
        properties:
          spec:
            type: object
            required: [members, image]
            properties:
              members: {type: integer, minimum: 1, maximum: 9}
              image: {type: string}
              storage: {type: string, default: 1Gi}
          status: {type: object, x-kubernetes-preserve-unknown-fields: true}
`;

export const OPERATOR = `apiVersion: apps/v1
kind: Deployment
metadata: {name: operator}
spec:
  selector: {matchLabels: {app: operator}}
  template:
    metadata: {labels: {app: operator}}
    spec: {containers: [{name: operator, image: 'operator:1'}]}
`;

export const store = (members: number) => `apiVersion: ordinal.example/v1
kind: Store
metadata: {name: carts}
spec: {members: ${members}, image: 'store:1'}
`;
