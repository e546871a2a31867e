using RaftAkka.Protocol;

namespace RaftAkka.Tests.Client;

/// <summary>Where a test's client gets the tokens of its sessions from.</summary>
internal static class Tokens
{
    /// <summary>The n-th token that <see cref="InOrder"/> draws.</summary>
    public static SessionToken Number(int n) => new(0xC0FFEE, (ulong)n);

    public static Func<SessionToken> InOrder()
    {
        var drawn = 0;
        return () => Number(++drawn);
    }

    public static Func<SessionToken> From(Random random) => () => new((ulong)random.NextInt64(), (ulong)random.NextInt64(1, long.MaxValue));
}
