namespace RaftAkka.Protocol;

/// <summary>What a member does. The numbers are part of the formats of the log and of snapshots.</summary>
public enum MemberRole : byte
{
    /// <summary>Votes, and its acknowledgements count.</summary>
    Voter = 1,

    /// <summary>Gets the log and counts for nothing, until it has caught up and the leader promotes it (§4.2.1).</summary>
    Learner = 2,

    /// <summary>Gets the log, answers reads, and counts for nothing, however far it is: a learner that stays one.</summary>
    Replica = 3,

    /// <summary>One of a later release, which this one does not know, and does not count for a voter. Only clients see it.</summary>
    Unknown = 255,
}

/// <summary>
/// Names the disk that a server's log began on. A server that comes back under its old id with another disk has
/// forgotten its votes and entries, so it must not count as the one that it was.
/// </summary>
/// <param name="Value">A number drawn when the data directory was made; 0 where it is not known yet.</param>
public readonly record struct DiskId(long Value)
{
    /// <summary>A disk that nobody has heard of yet.</summary>
    public static readonly DiskId Unknown;

    /// <summary>
    /// In a configuration: the member's disk is known to have lost what it had acknowledged, because it went back in time
    /// or because two processes run on copies of it. No disk has this name, so the member does not count, as if its disk
    /// had been exchanged.
    /// </summary>
    public static readonly DiskId RolledBack = new(1);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>One server of a cluster.</summary>
/// <param name="Id">Its name, for ever.</param>
/// <param name="Address">Where it is reached, as <c>host:port</c>; kept in the canonical form, see <see cref="Addresses"/>.</param>
/// <param name="Role">What it does.</param>
/// <param name="Priority">
/// Of servers that are equally up to date, one with a greater priority leads rather; 0 for all that are alike.
/// </param>
/// <param name="Disk">The disk that its log is on.</param>
public sealed record Member(
    ServerId Id, string Address, MemberRole Role = MemberRole.Voter, int Priority = 0, DiskId Disk = default)
{
    /// <summary>Where it is reached, as <c>host:port</c>, in the canonical form.</summary>
    public string Address { get; init => field = Addresses.Canonical(value); } = Addresses.Canonical(Address);

    /// <summary>Whether it votes.</summary>
    public bool IsVoter => Role == MemberRole.Voter;
}
