"""The generated messages: of the installed wheel, or of the build tree."""
try:
    from picost._generated.proto.picost.v1 import (compare_pb2, deployment_pb2, edits_pb2,
                                                   estimate_pb2, graph_pb2, models_pb2,
                                                   models_pb2_grpc, oracle_pb2, oracle_pb2_grpc,
                                                   question_pb2, studies_pb2, studies_pb2_grpc)
    from picost._generated.rpc import error_details_pb2, status_pb2
except ImportError:
    from proto.picost.v1 import (compare_pb2, deployment_pb2, edits_pb2, estimate_pb2, graph_pb2,
                                 models_pb2, models_pb2_grpc, oracle_pb2, oracle_pb2_grpc,
                                 question_pb2, studies_pb2, studies_pb2_grpc)
    from third_party.googleapis.google.rpc import error_details_pb2, status_pb2

__all__ = [
    "compare_pb2", "deployment_pb2", "edits_pb2", "error_details_pb2", "estimate_pb2", "graph_pb2", "models_pb2",
    "models_pb2_grpc", "oracle_pb2", "oracle_pb2_grpc", "question_pb2", "status_pb2", "studies_pb2",
    "studies_pb2_grpc"
]
