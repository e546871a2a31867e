namespace RaftAkka.Simulation.Disks;

/// <summary>What a disk does wrong, and how slow it is. All of it may be changed while the world runs.</summary>
internal sealed class DiskFaults
{
    public TimeSpan WriteTime { get; set; } = TimeSpan.FromMicroseconds(5);

    public TimeSpan SyncTime { get; set; } = TimeSpan.FromMicroseconds(150);

    /// <summary>How much longer every sync takes at present.</summary>
    public TimeSpan SlowedBy { get; set; }

    /// <summary>How likely a write or sync takes up to <see cref="StallMax"/> longer.</summary>
    public double StallRate { get; set; }

    public TimeSpan StallMax { get; set; }

    /// <summary>How likely a write fails with EIO.</summary>
    public double WriteErrorRate { get; set; }

    /// <summary>How likely a sync, of a file or of the directory, fails with EIO.</summary>
    public double SyncErrorRate { get; set; }

    /// <summary>How likely a read fails with EIO.</summary>
    public double ReadErrorRate { get; set; }

    /// <summary>How likely a read returns one flipped bit.</summary>
    public double ReadFlipRate { get; set; }

    /// <summary>No space is left: creating, growing and writing fail.</summary>
    public bool IsFull { get; set; }

    /// <summary>How likely a write finds no space, whatever <see cref="IsFull"/> says.</summary>
    public double FullRate { get; set; }

    /// <summary>A sync says that it is done, and does nothing. Not a fault of real disks, but a bug to be caught.</summary>
    public bool IgnoresSyncs { get; set; }

    /// <summary>The same for syncs of the directory.</summary>
    public bool IgnoresDirectorySyncs { get; set; }

    /// <summary>What a power loss leaves; null to let chance decide each time.</summary>
    public CrashMode? CrashMode { get; set; }

    public void Heal()
    {
        StallRate = WriteErrorRate = SyncErrorRate = ReadErrorRate = ReadFlipRate = FullRate = 0;
        SlowedBy = TimeSpan.Zero;
        IsFull = false;
    }
}
