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

    All = Network | Disk | Crash | Wipe | Members,
}
