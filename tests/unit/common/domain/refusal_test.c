#include "domain/refusal.h"

#include "unit/cmocka_all.h"

static const char *const REFUSALS[] = {
    "please stop texting me",
    "Please stop texting me.",
    "STOP TEXTING ME!!!",
    "Can you stop texting me",
    "why won't you stop texting me",
    "Stop texting.",
    "hi, who is this? stop messaging me pls",
    "stop sending me these messages",
    "Stop sending texts",
    "stop sending this stuff",
    "how do I stop getting these texts?",
    "I want to stop receiving your messages",
    "stop all these notifications",
    "please stop, I'm at work",
    "Hi. Please stop. Thanks",
    "I'm driving. Stop.",
    "just stop it already",
    "Quit texting me",
    "cancel all messages",
    "Cease and desist all communication",
    "don't text me",
    "Don\xE2\x80\x99t ever text me again",
    "DO NOT CONTACT ME",
    "please do not text this number",
    "never message me again",
    "I don't want any more texts",
    "I do not want to receive these messages",
    "i dont want to hear from you",
    "don't send me anything",
    "do not send any more messages",
    "no more texts please",
    "I no longer want this",
    "not interested",
    "No thanks, not interested in your offers",
    "Sorry, I'm not interested.",
    "lose my number",
    "LOSE MY NUMBER!",
    "Delete my number",
    "please remove my number from your list",
    "take me off your list",
    "Take me off this mailing list now",
    "get me off of this group",
    "remove me from your database",
    "take me off.",
    "leave me alone",
    "Leave us the hell alone",
    "I want to unsubscribe",
    "unsuscribe me please",
    "I'd like to opt out",
    "opt me out of this",
    "how can i opt-out?",
    "I revoke my consent",
    "I never signed up for this",
    "I never asked for these messages",
    "how did you get my number",
    "Who gave you this number?",
    "You have the wrong number",
    "wrong number",
    "This is harassment",
    "this is spam",
    "I'm reporting you",
    "I will block this number",
    "go away",
    "fuck off",
    "Get lost!",
    "no me escriban m\xC3\xA1s",
    "Por favor no me manden mensajes",
    ("no me env\xC3\xAD"
     "es m\xC3\xA1s mensajes"),
    "Ya no me escribas",
    "no me vuelvan a llamar",
    "no quiero recibir m\xC3\xA1s mensajes",
    "No quiero sus mensajes",
    "no quiero que me escriban",
    "no deseo recibir promociones",
    "deja de escribirme",
    "Dejen de molestar",
    "dejen de mandarme mensajes",
    "paren de enviarme textos",
    "cancelen los mensajes",
    "no m\xC3\xA1s mensajes",
    "\xC2\xA1Ya basta!",
    "borra mi n\xC3\xBAmero",
    "Eliminen mi n\xC3\xBAmero por favor",
    "b\xC3\xB3rrenme de su lista",
    "S\xC3\xA1quenme de la lista",
    "quiero darme de baja",
    "d\xC3\xA9jame en paz",
    "D\xC3\xA9jenme tranquila",
    "No estoy interesada",
    "no me interesa, gracias",
    "No me interesa",
    "cancelar mi suscripci\xC3\xB3n",
    "n\xC3\xBAmero equivocado",
    "no me molesten",
};

static const char *const FINE[] = {
    "",
    "don't stop",
    "Don't stop texting me",
    "please don't ever stop texting me!",
    "I can't stop laughing",
    "I can't stop texting you haha",
    "stop by at 5?",
    "please stop by at 5",
    "Please stop at the store on your way",
    "can you stop over tomorrow?",
    "the bus stop",
    "When does the bus stop here?",
    "I need to stop texting while driving",
    "I should stop texting, it's late",
    "tell him to stop texting me",
    "he won't stop texting me",
    "stop worrying, it's fine",
    "please stop worrying",
    "nonstop fun",
    "we can stop sending invoices by mail",
    "don't leave me alone!",
    "never leave me alone",
    "Did you lose my number?",
    "don't lose my number",
    "I hope you didn't lose my number",
    "I got lost on the way",
    "take me off hold",
    "get me off at the next stop",
    "Take me to the list of options",
    "I am interested",
    "Are you not interested in my offer of 200?",
    "Is Tuesday not an option?",
    "don't unsubscribe me",
    "how many texts do I get?",
    "I don't want to be late",
    "I don't want onions",
    "no more than two",
    "No longer than an hour",
    "I gave you the wrong number, it is 555 0100",
    "call me",
    "don't call before 9",
    "text me when you are here",
    "do not worry about it",
    "can you remove the stain?",
    "remove the onions please",
    "I never got your message",
    "I didn't get your text",
    "I never sign anything without reading it",
    "go away for the weekend?",
    "please cancel my appointment",
    "Please cancel my 3 pm",
    "end of the month",
    "quit my job today",
    "I quit smoking",
    "my number is 555 0100",
    "is this your number?",
    "report for work at 9",
    "block the door",
    "spam filter question: did my email arrive?",
    "no dejes de escribirme",
    "Nunca dejen de mandarme mensajes",
    "para el lunes est\xC3\xA1 bien",
    "no me interesa el lunes, mejor el martes",
    "no quiero perder mi cita",
    "no me escribiste ayer",
    "quiero m\xC3\xA1s mensajes",
    "escr\xC3\xAD"
    "beme ma\xC3\xB1"
    "ana",
    "mi n\xC3\xBAmero es 555 0100",
    "estoy interesado",
    "alto y claro",
    "basta con uno",
    "\xD1\x81\xD1\x82\xD0\xBE\xD0\xBF \xD1\x8D\xD1\x82\xD0\xBE", /* another script */
    "thanks, see you!",
};

static void a_refusal_in_words_of_ones_own_is_seen(void **state)
{
    size_t missed = 0;
    (void)state;
    for (size_t i = 0; i < COUNT(REFUSALS); i++)
        if (!refusal_find(str_of(REFUSALS[i]))) {
            print_error("missed: \"%s\"\n", REFUSALS[i]);
            missed++;
        }
    assert_int_equal(missed, 0);
}

static void what_only_sounds_like_one_is_none(void **state)
{
    size_t wrong = 0;
    (void)state;
    for (size_t i = 0; i < COUNT(FINE); i++)
        if (refusal_find(str_of(FINE[i]))) {
            print_error("\"%s\" fits %s\n", FINE[i], refusal_find(str_of(FINE[i])));
            wrong++;
        }
    assert_int_equal(wrong, 0);
}

/* The table's words are folded ones: a capital, an accent or an apostrophe in it would never be met. */
static void a_text_of_any_length_ends(void **state)
{
    static char text[8000];
    (void)state;
    for (size_t i = 0; i + 4 < sizeof text; i += 4)
        memcpy(text + i, i % 3 ? "no a" : " me ", 4);
    (void)refusal_find(str_bytes(text, sizeof text));
    memset(text, 's', sizeof text);
    assert_null(refusal_find(str_bytes(text, sizeof text)));
    assert_null(refusal_find(STR("\xFF\xFE\x80")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refusal_in_words_of_ones_own_is_seen),
        cmocka_unit_test(what_only_sounds_like_one_is_none),
        cmocka_unit_test(a_text_of_any_length_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
