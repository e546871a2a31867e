using RaftAkka.Tool.Cluster;

namespace RaftAkka.Tool.Bench;

/// <summary>What <c>raftakka bench</c> was called with.</summary>
internal sealed record BenchArguments(ClientTarget Target, BenchSettings Settings, bool Json);
