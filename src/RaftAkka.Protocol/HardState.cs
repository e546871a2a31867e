namespace RaftAkka.Protocol;

/// <summary>What a server must not forget, besides its log (figure 2, "persistent state").</summary>
/// <param name="Term">The latest term that the server has seen.</param>
/// <param name="Vote">Whom it voted for in that term; null if for nobody.</param>
public readonly record struct HardState(Term Term, ServerId? Vote);
