namespace RaftAkka.Simulation.Judging;

/// <summary>
/// Counts, for every value, the operations not ordered yet that must find it and those that may produce it.
/// A value that is still needed and that nothing left can produce must be what the key holds now; where it
/// is not, no completion exists.
/// </summary>
internal sealed class Needs
{
    private readonly Effect[] effects;
    private readonly int knownCount;
    private readonly int[][] produces;
    private readonly int[] needed;
    private readonly int[] producers;
    private int lastChances;   // Values that are needed and have no producer left.

    public Needs(KeyHistory history)
    {
        (effects, knownCount) = (history.Effects, history.KnownCount);
        needed = new int[history.Values.SeenNumbersEnd];
        producers = new int[history.Values.SeenNumbersEnd];
        produces = ProductsOf(history);
        for (var operation = 0; operation < effects.Length; operation++)
        {
            if (MustFind(operation, out var value)) needed[value]++;
            foreach (var product in produces[operation]) producers[product]++;
        }
        for (var value = 0; value < needed.Length; value++)
            if (IsLastChance(value)) lastChances++;
    }

    public bool CanBeMet(int held) => lastChances switch
    {
        0 => true,
        1 => held < needed.Length && IsLastChance(held),
        _ => false,
    };

    public void Take(int operation) => Change(operation, -1);

    public void TakeBack(int operation) => Change(operation, +1);

    private void Change(int operation, int by)
    {
        if (MustFind(operation, out var value)) Change(needed, value, by);
        foreach (var product in produces[operation]) Change(producers, product, by);
    }

    private void Change(int[] counts, int value, int by)
    {
        var before = IsLastChance(value);
        counts[value] += by;
        var after = IsLastChance(value);
        if (before != after) lastChances += after ? 1 : -1;
    }

    private bool IsLastChance(int value) => needed[value] > 0 && producers[value] == 0;

    // An unknown cas finds its value or stays out: it needs nothing.
    private bool MustFind(int operation, out int value)
    {
        var effect = effects[operation];
        value = effect.Expect;
        return operation < knownCount && effect.Kind is (EffectKind.Reads or EffectKind.Swaps);
    }

    // A put, delete or cas produces its own value; an append can only produce what ends with its text.
    private static int[][] ProductsOf(KeyHistory history)
    {
        var (endings, end) = (SeenByEnding(history), history.Values.SeenNumbersEnd);
        return history.Effects.Select(effect => effect.Kind switch
        {
            EffectKind.Sets or EffectKind.Swaps when effect.Value < end => [effect.Value],
            EffectKind.Appends => endings[effect.Text!].ToArray(),
            _ => [],
        }).ToArray();
    }

    private static ILookup<string, int> SeenByEnding(KeyHistory history)
    {
        var endings = new Endings(history.Effects.Where(effect => effect.Kind == EffectKind.Appends)
            .Select(effect => effect.Text!));
        return history.Values.Seen
            .SelectMany(seen => endings.Of(seen).Select(ending => (ending, Value: history.Values.Of(seen))))
            .ToLookup(pair => pair.ending, pair => pair.Value, StringComparer.Ordinal);
    }
}
