namespace RaftAkka.Simulation.Disks;

/// <summary>What a disk did, and did wrong, for the summary.</summary>
internal sealed class DiskCounts
{
    public long Writes { get; set; }

    public long Syncs { get; set; }

    public long Errors { get; set; }

    public long Full { get; set; }

    public long Stalls { get; set; }

    public long Flips { get; set; }
}
