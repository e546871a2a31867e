namespace RaftAkka.Simulation.Disks;

/// <summary>What becomes of bytes and names that were not synced when a machine loses its power.</summary>
internal enum CrashMode
{
    /// <summary>All of it is lost.</summary>
    LoseUnsynced,

    /// <summary>All of it had reached the disk by chance.</summary>
    KeepUnsynced,

    /// <summary>Each sector holds what any moment since the last sync left in it, and some names are old.</summary>
    TearUnsynced,
}
