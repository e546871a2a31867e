namespace RaftAkka.Simulation.Faults;

/// <summary>What may go wrong in a run.</summary>
[Flags]
internal enum FaultKinds
{
    None = 0,

    /// <summary>Messages are lost, late, repeated and reordered; links are cut.</summary>
    Network = 1,

    /// <summary>Disks are slow, full and faulty.</summary>
    Disk = 2,

    /// <summary>Processes are killed and paused, machines lose their power, clocks run fast and slow.</summary>
    Crash = 4,

    /// <summary>Servers come back with an empty disk, and are refused for good.</summary>
    Wipe = 8,

    /// <summary>Not a fault: servers join, leave, move and change their parts meanwhile.</summary>
    Members = 16,

    /// <summary>A host that is no member sends forged messages.</summary>
    Stranger = 32,

    /// <summary>Time passes between two looks at the clock in one event.</summary>
    Clock = 64,

    /// <summary>Disks hang for longer than elections take, and one is still hung or full when everything else is well.</summary>
    Hang = 128,

    /// <summary>Servers come back with their disk as it was some time ago.</summary>
    Rollback = 256,

    /// <summary>Queries throw and stall in the state machine.</summary>
    Query = 512,

    /// <summary>The cluster is set up anew, under its old name and under clients that live on.</summary>
    Anew = 1024,

    /// <summary>A member also sends what no member may.</summary>
    Buggy = 2048,

    /// <summary>A client takes what it can get, and others' sessions.</summary>
    Greedy = 4096,

    /// <summary>Second processes run with a server's identity, on copies of its disk.</summary>
    Twin = 8192,

    /// <summary>All that servers are known to stand.</summary>
    All = Network | Disk | Crash | Wipe | Members | Clock | Rollback | Query | Anew,
}
