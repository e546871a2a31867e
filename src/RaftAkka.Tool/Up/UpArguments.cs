namespace RaftAkka.Tool.Up;

/// <summary>What <c>raftakka up</c> was called with.</summary>
/// <param name="Nodes">How many nodes, or null for as many as the directory has, or three.</param>
/// <param name="Directory">Where the nodes' files and data are.</param>
internal sealed record UpArguments(int? Nodes, string Directory);
