# Disarms pages as MailScanner does in principle: tags that are known to be dangerous get another name, everything else is written out
# again as the parser told it. Reads all pages of a folder first; prints the seconds that the work took.
use strict;
use warnings;
use HTML::Parser;
use Time::HiRes qw(time);

my %renamed = map { $_ => "Disarmed_$_" } qw(form iframe script object embed);
my $output;

sub start {
    my ($tag, $attributes, $order, $text) = @_;
    if ($tag eq 'img' && ($attributes->{width} // '') eq '1' && ($attributes->{height} // '') eq '1') {
        $output .= '<Disarmed_img>';
        return;
    }
    unless ($renamed{$tag}) {
        $output .= $text;
        return;
    }
    $output .= "<$renamed{$tag}";
    foreach my $name (@$order) {
        $output .= qq( $name="$attributes->{$name}") unless $name eq '/';
    }
    $output .= '>';
}

sub end {
    my ($tag, $text) = @_;
    $output .= $renamed{$tag} ? "</$renamed{$tag}>" : $text;
}

my ($folder) = @ARGV;
my @pages;
foreach my $path (glob("$folder/*")) {
    open(my $file, '<:raw', $path) or die "$path: $!";
    local $/;
    push @pages, scalar <$file>;
}

my $begin = time;
foreach my $page (@pages) {
    $output = '';
    my $parser = HTML::Parser->new(
        api_version => 3,
        start_h => [\&start, 'tagname, attr, attrseq, text'],
        end_h => [\&end, 'tagname, text'],
        default_h => [sub { $output .= $_[0] }, 'text'],
    );
    $parser->parse($page);
    $parser->eof;
}
printf "%.6f\n", time - $begin;
