using RaftAkka.Protocol;

namespace RaftAkka.Server;

/// <summary>Whom a server follows, and since when it has been silent.</summary>
internal sealed class Followership(ServerId? leader, TimeSpan now, TimeSpan patience)
{
    /// <summary>The leader of this term, if it is known.</summary>
    public ServerId? Leader { get; private set; } = leader;

    /// <summary>When the leader was last heard, or the wait for one began.</summary>
    public TimeSpan LastHeard { get; private set; } = now;

    /// <summary>How long to wait for the leader before asking for an election.</summary>
    public TimeSpan Patience { get; } = patience;

    /// <summary>Whether the transport says that the connection to the leader broke, and nothing came since.</summary>
    public bool IsCutOff { get; set; }

    public bool IsOver(TimeSpan now) => IsCutOff || now - LastHeard >= Patience;

    /// <summary>Whether a leader is known that was heard of lately: then nobody else gets a vote (dissertation §4.2.3).</summary>
    public bool HasLiveLeader(TimeSpan now, TimeSpan electionTimeoutMin) =>
        Leader is not null && !IsCutOff && now - LastHeard < electionTimeoutMin;

    public void HearFrom(ServerId leader, TimeSpan now)
    {
        Leader = leader;
        LastHeard = now;
        IsCutOff = false;
    }

    /// <summary>Starts the wait anew: a candidate got this server's vote.</summary>
    public void WaitFrom(TimeSpan now) => LastHeard = now;
}
