using RaftAkka.Protocol;

namespace RaftAkka.Server;

/// <summary>Whom a server follows, and since when it has been silent.</summary>
/// <param name="leader">The leader, if it is known.</param>
/// <param name="now">The time.</param>
/// <param name="patience">How long to wait for the leader before asking for an election.</param>
/// <param name="bound">For how long a leader that was heard may count on this server's vote; zero without leases.</param>
internal sealed class Followership(ServerId? leader, TimeSpan now, TimeSpan patience, TimeSpan bound)
{
    /// <summary>The leader of this term, if it is known.</summary>
    public ServerId? Leader { get; private set; } = leader;

    /// <summary>When the leader was last heard, or the wait for one began.</summary>
    public TimeSpan LastHeard { get; private set; } = now;

    /// <summary>How long to wait for the leader before asking for an election.</summary>
    public TimeSpan Patience { get; } = patience;

    /// <summary>Whether the transport says that the connection to the leader broke, and nothing came since.</summary>
    public bool IsCutOff { get; set; }

    /// <summary>The reads that wait, and the questions to the leader for them.</summary>
    public ReadAsks Reads { get; } = new();

    /// <summary>When the wait for the leader is over, unless it is heard again.</summary>
    public TimeSpan End => LastHeard + (IsCutOff ? bound : Patience);

    public bool IsOver(TimeSpan now) => now >= End;

    /// <summary>Whether a leader is known that was heard of lately: then nobody else gets a vote (dissertation §4.2.3).</summary>
    public bool HasLiveLeader(TimeSpan now, TimeSpan electionTimeoutMin) =>
        Leader is not null && !(IsCutOff && IsOver(now)) && now - LastHeard < electionTimeoutMin;

    public void HearFrom(ServerId leader, TimeSpan now)
    {
        Leader = leader;
        LastHeard = now;
        IsCutOff = false;
    }

    /// <summary>The leader has been silent for too long: nobody is told any more that it leads.</summary>
    public void LoseLeader() => Leader = null;

    /// <summary>Starts the wait anew: a candidate got this server's vote.</summary>
    public void WaitFrom(TimeSpan now) => LastHeard = now;
}
