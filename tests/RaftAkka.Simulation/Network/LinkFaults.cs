namespace RaftAkka.Simulation.Network;

/// <summary>What the network does to messages. All of it may be changed while the world runs.</summary>
internal sealed class LinkFaults
{
    public TimeSpan DelayMin { get; set; } = TimeSpan.FromMicroseconds(200);

    public TimeSpan DelayMax { get; set; } = TimeSpan.FromMilliseconds(2);

    public double DropRate { get; set; }

    public double DuplicateRate { get; set; }

    /// <summary>How likely a message does not wait for those that were sent before it.</summary>
    public double ReorderRate { get; set; }

    /// <summary>How likely a message takes up to <see cref="LateMax"/>: long enough to meet another term.</summary>
    public double LateRate { get; set; }

    public TimeSpan LateMax { get; set; } = TimeSpan.FromSeconds(3);

    public void Heal() => DropRate = DuplicateRate = ReorderRate = LateRate = 0;
}
