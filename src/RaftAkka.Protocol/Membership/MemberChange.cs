namespace RaftAkka.Protocol;

/// <summary>A part of a change of membership. Several of them can be one change, which comes into effect at once.</summary>
/// <param name="Id">The server.</param>
public abstract record MemberChange(ServerId Id)
{
    /// <summary>A server joins, under an id and with a disk that no server had before.</summary>
    /// <param name="Member">The server. It comes as a learner or replica: see <see cref="MembershipRefusal.NotHeardYet"/>.</param>
    public sealed record Add(Member Member) : MemberChange(Member.Id);

    /// <summary>A server leaves for good: its id is not used again.</summary>
    /// <param name="Id">The server.</param>
    public sealed record Remove(ServerId Id) : MemberChange(Id);

    /// <summary>A member gets another role.</summary>
    /// <param name="Id">The server.</param>
    /// <param name="Role">The role.</param>
    public sealed record SetRole(ServerId Id, MemberRole Role) : MemberChange(Id);

    /// <summary>A member has moved, with its disk.</summary>
    /// <param name="Id">The server.</param>
    /// <param name="Address">Where it is now; kept in the canonical form, see <see cref="Addresses"/>.</param>
    public sealed record SetAddress(ServerId Id, string Address) : MemberChange(Id)
    {
        /// <summary>Where it is now, in the canonical form.</summary>
        public string Address { get; init => field = Addresses.Canonical(value); } = Addresses.Canonical(Address);
    }

    /// <summary>A member is to lead rather, or less gladly, than others.</summary>
    /// <param name="Id">The server.</param>
    /// <param name="Priority">See <see cref="Member.Priority"/>.</param>
    public sealed record SetPriority(ServerId Id, int Priority) : MemberChange(Id);

    /// <summary>A member's disk is known from now on.</summary>
    /// <param name="Id">The server.</param>
    /// <param name="Disk">The disk.</param>
    public sealed record SetDisk(ServerId Id, DiskId Disk) : MemberChange(Id);
}

/// <summary>Why a change of membership is refused.</summary>
public enum MembershipRefusal
{
    /// <summary>An earlier change is not committed yet, or is joint.</summary>
    ChangeUnderWay = 1,

    /// <summary>The leader has not committed an entry of its own term, so it does not know the latest configuration (§6).</summary>
    NoOwnTermCommit = 2,

    /// <summary>Nobody would be left to vote.</summary>
    NoVoterLeft = 3,

    /// <summary>The id was that of a server that left.</summary>
    IdUsedBefore = 4,

    /// <summary>A server of this id is a member, and a different one.</summary>
    AlreadyMember = 5,

    /// <summary>There is no such member.</summary>
    NotMember = 6,

    /// <summary>Another member has this address.</summary>
    AddressTaken = 7,

    /// <summary>The text is no address.</summary>
    BadAddress = 8,

    /// <summary>There would be too many members, or there are too many ids to remember.</summary>
    TooMany = 9,

    /// <summary>The disk is not the one that the server's log began on.</summary>
    OtherDisk = 10,

    /// <summary>One of a later release, which this one does not know: nothing may be concluded from it. Only clients see it.</summary>
    Unknown = 255,

    /// <summary>The server was never heard of: it does not vote before the cluster knows its disk.</summary>
    NotHeardYet = 11,
}

/// <summary>What a leader makes of a change of membership.</summary>
public abstract record MembershipDecision
{
    /// <summary>It is to be appended to the log.</summary>
    /// <param name="Next">The configuration, in effect from when it is appended.</param>
    public sealed record Accepted(Configuration Next) : MembershipDecision;

    /// <summary>Everything is as asked already, and committed: the same change came before.</summary>
    public sealed record AlreadySo : MembershipDecision;

    /// <summary>Nothing is changed.</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="Facts">The same for a reader, in one sentence.</param>
    public sealed record Refused(MembershipRefusal Reason, string Facts) : MembershipDecision;
}
