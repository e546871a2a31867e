using System.Globalization;

namespace RaftAkka.Benchmarks;

/// <summary>What the program was called with: words by their place, and options by their name.</summary>
internal sealed class Arguments(string[] words)
{
    public string? Option(string name) =>
        Array.IndexOf(words, name) is >= 0 and var at && at + 1 < words.Length ? words[at + 1] : null;

    public bool Has(string name) => words.Contains(name);

    public int At(int place, int otherwise) => words.Length > place && int.TryParse(
        words[place], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;

    public int Number(string name, int otherwise) => (int?)Fraction(name) ?? otherwise;

    public double? Fraction(string name) =>
        Option(name) is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : null;
}
