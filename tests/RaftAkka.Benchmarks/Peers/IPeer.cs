using RaftAkka.Tool.Bench;

namespace RaftAkka.Benchmarks.Peers;

/// <summary>A cluster of three processes on this machine, and a way to put it under load.</summary>
internal interface IPeer : IAsyncDisposable
{
    string Name { get; }

    /// <summary>Its processes, for their CPU time.</summary>
    IEnumerable<(string Name, int Process)> Processes { get; }

    /// <summary>A client for a run.</summary>
    IBenchTarget Target { get; }
}

/// <summary>How to start one.</summary>
/// <param name="Name">What the tables call it.</param>
/// <param name="Start">Starts it on a fresh directory, and ends when it serves.</param>
/// <param name="How">What exactly is compared, in a line.</param>
internal sealed record PeerKind(string Name, Func<Task<IPeer>> Start, string How);
